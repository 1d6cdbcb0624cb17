#!/bin/bash
# Run "vendor-scaffold update" and open a change request with what it changed, or renew the open one: unless somebody
# has worked on its branch, which then stays as it is.
# usage: propose-update.sh gitlab
set -euo pipefail
branch=vendor-scaffold-update
author=vendor-scaffold@localhost

case ${1:-} in
  gitlab) ;;
  *) sed -n '4s/^# //p' "$0" >&2 && exit 2 ;;
esac

status=0
vendor-scaffold update --check . || status=$?
case $status in
  0) echo "nothing waits" && exit 0 ;;
  4) ;;
  *) exit "$status" ;;
esac

pushed=$(git ls-remote origin "refs/heads/$branch" | cut -f 1)
if [ -n "$pushed" ]; then
  git fetch --quiet origin "refs/heads/$branch"
  last=$(git log -1 --format=%ae FETCH_HEAD)
  [ "$last" = "$author" ] || { echo "left alone: $last has worked on $branch" && exit 0; }
fi

status=0
report=$(vendor-scaffold update --defaults .) || status=$?
echo "$report"
title="Update to the templates of $(vendor-scaffold --version)"
case $status in
  0) ;;
  3) title="$title: conflicts to resolve" ;;
  *) exit "$status" ;;
esac
git switch --quiet --force-create "$branch"
git add --all
git -c user.name=vendor-scaffold -c user.email="$author" commit --quiet --message "$title" --message "$report"

case $1 in
  gitlab) # UPDATE_TOKEN, a token of the project that may write to the repository
    # shellcheck disable=SC2016  # git's own shell expands the token, so that no command line shows it
    git -c credential.helper='!f() { echo username=oauth2; echo "password=$UPDATE_TOKEN"; }; f' \
      push --quiet --force-with-lease="$branch:$pushed" -o merge_request.create \
      -o "merge_request.target=$CI_DEFAULT_BRANCH" -o "merge_request.title=$title" \
      "$CI_PROJECT_URL.git" "HEAD:$branch"
    ;;
esac
