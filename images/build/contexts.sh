# Sourced by scripts/images: what goes into each image, laid out in a directory of its own. The network is used here only,
# by uv, with the machine's own settings.

# What neonize declares but a session never loads (recado_session.engine.library), with all that hangs on it. The
# simulator reads one file of neonize and imports none of it.
unused_by_session=(httpx linkpreview python-magic requests segno)
unused_by_simulator=("${unused_by_session[@]}" phonenumbers pillow tqdm)

python_version=3.11.2 # the oldest patch release that a base may have: markers are decided for it

requirements() { # PACKAGE [OPTIONS…]
  local package=$1 pruned=() name
  shift
  local -n unused=unused_by_$package 2>/dev/null && pruned=("${unused[@]/#/--prune=}")
  "$uv" export --quiet --frozen --no-dev --no-annotate --no-header --package "recado-$package" "${pruned[@]}" "$@"
}

members() { # PACKAGE: the workspace folders that it consists of
  requirements "$1" --no-hashes | sed -n 's/^-e \.\///p'
}

sources() { # PACKAGE: the files that decide what its image contains
  git ls-files --cached --others --exclude-standard -- uv.lock images/Dockerfile images/engine images/build \
    $(members "$1") | grep -v '/tests/'
}

python_context() { # PACKAGE DIRECTORY
  local package=$1 directory=$2 member
  rm -rf "$directory"
  mkdir -p "$directory/wheels"
  requirements "$package" --no-emit-workspace >"$directory/requirements.txt"
  for member in $(members "$package"); do
    "$uv" build --quiet --wheel --out-dir "$directory/wheels" "$member"
  done
  install=("$uv" pip install --quiet --target "$directory/packages" --python-version "$python_version"
    --python-platform "$(uname -m)-manylinux_2_36" --only-binary :all: --no-deps --link-mode copy)
  "${install[@]}" --require-hashes --requirements "$directory/requirements.txt"
  "${install[@]}" "$directory"/wheels/*.whl
  rm -rf "$directory/packages/bin" "$directory/packages/.lock"
  cp -r images/engine "$directory/engine"
  rm -rf "$directory/wheels"
}

frontend_context() { # DIRECTORY
  rm -rf "$1"
  mkdir -p "$1"
  cp -r --preserve=timestamps frontend/dist "$1/pages"
  rm -rf "$1/pages/.vite"
  node images/build/compress.mjs "$1/pages"
  cp -r images/nginx "$1/nginx"
}
