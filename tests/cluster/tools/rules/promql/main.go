// promql SECONDS EXPRESSION: what Prometheus' own engine finds that many seconds after series began, one sample a line. The
// series come from standard input, in the notation of Prometheus' own tests (load …).
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strconv"
	"time"

	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/promqltest"
)

type complaints struct{}

func (complaints) Errorf(format string, values ...any) { fmt.Fprintf(os.Stderr, format, values...) }
func (complaints) FailNow()                            { os.Exit(1) }

func main() {
	seconds, err := strconv.ParseInt(os.Args[1], 10, 64)
	exitOn(err)
	series, err := io.ReadAll(os.Stdin)
	exitOn(err)
	storage := promqltest.LoadedStorage(complaints{}, string(series))
	defer storage.Close()
	engine := promql.NewEngine(promql.EngineOpts{MaxSamples: 1_000_000, Timeout: time.Minute})
	query, err := engine.NewInstantQuery(context.Background(), storage, nil, os.Args[2], time.Unix(seconds, 0))
	exitOn(err)
	result := query.Exec(context.Background())
	exitOn(result.Err)
	found, err := result.Vector()
	exitOn(err)
	for _, sample := range found {
		fmt.Println(sample)
	}
}

func exitOn(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
