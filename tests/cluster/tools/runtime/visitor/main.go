// Visitor is what tests run in pods: it answers with its name, and goes where it is sent from inside the cluster.
//
//	visitor            serves on port 8080: / says its name, /visit?url= what another server says, /find?name= addresses
//	visitor fail       ends with exit code 1
package main

import (
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
)

func main() {
	if len(os.Args) > 1 && os.Args[1] == "fail" {
		log.Fatal("told to fail")
	}
	ends := make(chan os.Signal, 1)
	signal.Notify(ends, syscall.SIGTERM)
	http.HandleFunc("/", greet)
	http.HandleFunc("/visit", visit)
	http.HandleFunc("/find", find)
	go func() { log.Fatal(http.ListenAndServe(":8080", nil)) }()
	log.Print("serving")
	<-ends
}

func greet(answer http.ResponseWriter, _ *http.Request) {
	name, _ := os.Hostname()
	fmt.Fprint(answer, name)
}

func visit(answer http.ResponseWriter, request *http.Request) {
	client := http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	found, err := client.Get(request.URL.Query().Get("url"))
	if err != nil {
		http.Error(answer, err.Error(), http.StatusBadGateway)
		return
	}
	defer found.Body.Close()
	io.Copy(answer, found.Body)
}

func find(answer http.ResponseWriter, request *http.Request) {
	addresses, err := net.DefaultResolver.LookupHost(request.Context(), request.URL.Query().Get("name"))
	if err != nil {
		http.Error(answer, err.Error(), http.StatusBadGateway)
		return
	}
	fmt.Fprint(answer, strings.Join(addresses, " "))
}
