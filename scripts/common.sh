# Sourced by the scripts beside it: where things are, and how a part of the work is timed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
root=$PWD
mkdir -p .cache
export PATH="$root/.venv/bin:$root/.cache/node:$PATH"
export UV_PYTHON_DOWNLOADS=never PYTHONDONTWRITEBYTECODE=1

fail() {
  echo "$1" >&2
  exit 1
}

npm_run() {
  npm --prefix frontend run --silent "$@"
}
