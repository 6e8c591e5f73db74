# Sourced by scripts/images: what an image stands on. Official images where a registry answers, else Debian's packages,
# put together by mmdebstrap (the successor of debootstrap that needs one run for releases, updates and security).
# Made once per machine and kept outside of the checkout.

bases=${RECADO_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/recado}/images

declare -A official=(
  [python]=docker.io/library/python:3.11-slim-bookworm
  [nginx]=docker.io/nginxinc/nginx-unprivileged:1.28-bookworm
)
declare -A packages=(
  [python]=python3,ca-certificates,tzdata,libstdc++6
  [nginx]=nginx,libnginx-mod-http-brotli-static
  [postgres]=postgresql-15
  [redis]=redis-server
)

registry_answers() {
  case ${RECADO_IMAGE_BASES:-auto} in
    official) return 0 ;;
    debian) return 1 ;;
    auto) ;;
    *) fail "RECADO_IMAGE_BASES is $RECADO_IMAGE_BASES. Use auto, official or debian." ;;
  esac
  if [ -z "${registry:-}" ]; then
    registry=no
    # 401 is its answer to somebody who has not signed in.
    [ "$(answer https://registry-1.docker.io/v2/)" != 401 ] || registry=yes
  fi
  [ "$registry" = yes ]
}

answer() { # URL: the HTTP status, or nothing
  python - "$1" <<'PYTHON'
import sys, urllib.error, urllib.request
try:
    print(urllib.request.urlopen(sys.argv[1], timeout=5).status)
except urllib.error.HTTPError as error:
    print(error.code)
except OSError:
    pass
PYTHON
}

base_of() { # KIND: sets base_image, and base_recipe when it is one that is made here
  base_recipe=
  if [ -n "${official[$1]:-}" ] && registry_answers; then
    base_image=${official[$1]}
    return
  fi
  source images/bases/debian.env
  base_recipe=$({ declare -f make_base && echo "${packages[$1]}" && cat images/bases/*; } | sha256sum | cut -c1-12)
  base_image=localhost/recado-base-$1:$SUITE-$base_recipe
}

have_base() { # KIND, after base_of
  [ -z "$base_recipe" ] || has_image "$base_image" || make_base "$1" "$base_recipe"
}

make_base() { # KIND RECIPE
  local directory=$bases/$1-$SUITE-$2
  if [ ! -e "$directory/root.tar" ]; then
    [ "$(id -u)" = 0 ] && command -v mmdebstrap >/dev/null ||
      fail "No registry answers, and a base can be made only by root with mmdebstrap (Debian: apt-get install mmdebstrap)."
    mkdir -p "$directory"
    echo "Making the base for $1 from Debian's packages …" >&2
    find_mirrors
    printf '%s' "$origin" >"$directory/origin"
    mmdebstrap --quiet --mode=root --variant=essential --include="${packages[$1]}" \
      --hook-dir=/usr/share/mmdebstrap/hooks/merged-usr --include=usr-is-merged \
      --dpkgopt=force-unsafe-io --dpkgopt=force-confold \
      --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-include=/usr/share/doc/*/copyright' \
      --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
      --dpkgopt='path-exclude=/usr/share/info/*' \
      --dpkgopt='path-exclude=/usr/lib/*/libLLVM*' --dpkgopt='path-exclude=/usr/lib/postgresql/*/lib/bitcode/*' \
      --essential-hook='mkdir -p "$1/etc/postgresql-common" &&
        echo "create_main_cluster = false" >"$1/etc/postgresql-common/createcluster.conf"' \
      --customize-hook='images/bases/finish "$1"' "$SUITE" "$directory/root.part.tar" "${mirrors[@]}" \
      2>"$directory/log" || { tail -20 "$directory/log" >&2; fail "The base for $1 could not be made; see above."; }
    mv "$directory/root.part.tar" "$directory/root.tar"
  fi
  build_image "$base_image" images/bases/Dockerfile "$directory" --build-arg "DEBIAN=$(cat "$directory/origin")"
}

own_mirrors() { # NAME [FOLDER]: where apt of this machine finds debian, or debian-security; nothing when nowhere
  local name=$1 apt=${2:-/etc/apt}
  [ ! -d "$apt" ] || find "$apt" -path "$apt/sources.list" -o -path "$apt/sources.list.d/*.list" -o -path "$apt/*.sources" |
    sort | xargs -r sed -nE "/^(deb |URIs:)/ s|.*(https?://[^] ]+/$name)/?( .*)?\$|\1|p" | sed -n 1p
}

find_mirrors() { # sets mirrors and origin
  local snapshot=${RECADO_DEBIAN_SNAPSHOT:-} main security
  if [ -n "$snapshot" ] && [ "$(answer "$snapshot/debian/$DATE/")" = 200 ]; then
    main=$snapshot/debian/$DATE security=$snapshot/debian-security/$DATE
    origin="debian:$SUITE at $DATE"
  else
    main=${RECADO_DEBIAN_MIRROR:-$(own_mirrors debian)}
    security=${RECADO_DEBIAN_SECURITY_MIRROR:-$(own_mirrors debian-security)}
    [ -n "$main" ] && [ -n "$security" ] ||
      fail "Where Debian's packages are is not known. Set RECADO_DEBIAN_MIRROR and RECADO_DEBIAN_SECURITY_MIRROR."
    origin="debian:$SUITE as its mirror was at $(date --utc +%Y%m%dT%H%M%SZ)"
    echo "There is no archive of $DATE (RECADO_DEBIAN_SNAPSHOT): taking the newest packages of the mirror." >&2
  fi
  mirrors=("deb $main $SUITE main" "deb $main $SUITE-updates main" "deb $security $SUITE-security main")
}
