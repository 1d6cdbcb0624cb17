#!/bin/bash
# Tell whether the registry has a newer stock image than the one below each image of this repository.
# usage: check-base.sh record FOLDER...     after a build: keep the digest of the base in FOLDER/base.digest
#        check-base.sh compare [FOLDER...]  with the registry: 0 all current, 1 one is stale, 2 one is not known
# ENGINE, BUILD_ARGS (a BASE_IMAGE in it counts) and SKOPEO_OPTIONS are read from the environment.
set -euo pipefail

usage() {
  sed -n '3,5s/^# //p' "$0" >&2
  exit 2
}

# the base that a build of the folder starts from
base_of() {
  local words word
  read -ra words <<< "build ${BUILD_ARGS:-}"
  for word in "${words[@]/#--build-arg=/}"; do
    case $word in BASE_IMAGE=*) echo "${word#*=}" && return ;; esac
  done
  sed -n 's/^ARG BASE_IMAGE=//p' "$1/Dockerfile" | head -n 1
}

# what the engine has under that name, which need not be what the registry has by now
digests_built_on() {
  local engine
  read -ra engine <<< "${ENGINE:-podman}"
  case ${engine[*]} in
    *buildah*) "${engine[@]}" inspect --type image --format '{{.FromImageDigest}}' "$1" ;;
    *) "${engine[@]}" image inspect --format '{{range .RepoDigests}}{{println .}}{{end}}' "$1" ;;
  esac | sed -n 's/.*\(sha256:[0-9a-f]\{64\}\).*/\1/p' | sort -u
}

# the digest that the registry has under that name, and its manifest in $manifest
digest_of() {
  local ask
  read -ra ask <<< "skopeo inspect --raw ${SKOPEO_OPTIONS:-}"
  case $1 in
    undercloud.ctlplane.localdomain[:/]* | localhost[:/]* | 127.0.0.1[:/]*) ask+=(--tls-verify=false) ;;  # no TLS there
  esac
  "${ask[@]}" "docker://$1" > "$manifest" && skopeo manifest-digest "$manifest"
}

record() {
  local folder base digest digests
  for folder in "$@"; do
    base=$(base_of "$folder")
    # BuildKit keeps no base, and asks the registry at every build
    digests=$(digests_built_on "$base" 2> /dev/null || digest_of "$base" 2> /dev/null) || digests=
    rm -f "$folder/base.digest"
    for digest in $digests; do
      echo "$base@$digest" >> "$folder/base.digest"
    done
    if [ -n "$digests" ]; then
      echo "$folder/base.digest: commit it, so that \"make stale\" can compare"
    else
      echo "$folder: the digest of $base is not known, so \"make stale\" will not be able to compare" >&2
    fi
  done
}

compare() {
  local folder base said stale=0 unknown=0
  for folder in "$@"; do
    base=$(base_of "$folder")
    if [ ! -s "$folder/base.digest" ]; then
      echo "$folder: cannot tell: no base.digest, so it was never built here; make build, and commit the file"
      unknown=1
    elif ! command -v skopeo > /dev/null; then
      echo "$folder: cannot tell: skopeo is not installed"
      unknown=1
    elif ! said=$(digest_of "$base" 2>&1); then
      echo "$folder: cannot tell: no answer about $base: ${said##*msg=}"
      unknown=1
    # of an image for several architectures, the engine may know just the manifest of its own
    elif echo "$said" | cat - "$manifest" | grep -qFf <(sed 's/.*@//' "$folder/base.digest"); then
      echo "$folder: current: $base has not changed"
    else
      echo "$folder: stale: $base is $said now; build with BUILD_ARGS=--pull and a new tag, push and deploy"
      stale=1
    fi
  done
  [ $stale -eq 0 ] || exit 1
  [ $unknown -eq 0 ] || exit 2
}

cd "$(dirname "$0")/.."
manifest=$(mktemp)
trap 'rm -f "$manifest"' EXIT
[ $# -gt 0 ] || usage
command=$1
shift
if [ $# -eq 0 ]; then
  set -- containers/stora-driver \
         containers/stora-agent
fi
case $command in
  record | compare) "$command" "$@" ;;
  *) usage ;;
esac
