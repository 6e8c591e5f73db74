# Sourced by scripts/images: the same four verbs with Docker, Podman or Buildah. RECADO_CONTAINERS names one of them.
# A docker command without a daemon is no Docker.

choose_engine() {
  for engine in ${RECADO_CONTAINERS:-docker podman buildah}; do
    case $engine in
      docker) docker info >/dev/null 2>&1 && return ;;
      podman | buildah) command -v "$engine" >/dev/null && return ;;
      *) fail "RECADO_CONTAINERS is $engine. Use docker, podman or buildah." ;;
    esac
  done
  fail "Nothing here can build images. Install Podman (Debian: apt-get install podman) or Docker, or start its daemon."
}

has_image() { # NAME
  case $engine in
    buildah) buildah inspect --type image "$1" >/dev/null 2>&1 ;;
    *) $engine image inspect "$1" >/dev/null 2>&1 ;;
  esac
}

# No step of a build uses the network, and Docker forbids it; chroot isolation, which needs neither a runtime nor cgroups,
# cannot. The limits are for machines on which root may not raise its own.
build_image() { # NAME DOCKERFILE CONTEXT [ARGUMENTS…]
  local name=$1 file=$2 context=$3
  shift 3
  case $engine in
    docker) docker build --quiet --network none --tag "$name" --file "$file" "$@" "$context" >/dev/null ;;
    *)
      local limits=()
      [ "$(id -u)" != 0 ] || limits=(--ulimit nofile=1024:4096 --ulimit nproc=1024:1024)
      $engine build --quiet --isolation chroot --http-proxy=false --layers=false --format docker "${limits[@]}" \
        --tag "$name" --file "$file" "$@" "$context" >/dev/null
      ;;
  esac
}

save_image() { # NAME FILE
  rm -f "$2.part"
  case $engine in
    docker) docker save --output "$2.part" "$1" ;;
    podman) podman save --quiet --format docker-archive --output "$2.part" "$1" >/dev/null ;;
    buildah) buildah push --quiet "$1" "docker-archive:$2.part:$1" >/dev/null ;;
  esac
  mv "$2.part" "$2"
}
