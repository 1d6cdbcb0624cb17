#!/bin/bash
# Run "vendor-scaffold update" and open a change request with what it changed, or renew the open one.
# usage: propose-update.sh github
set -euo pipefail
branch=vendor-scaffold-update

case ${1:-} in
  github) ;;
  *) sed -n '3s/^# //p' "$0" >&2 && exit 2 ;;
esac

status=0
vendor-scaffold update --check . || status=$?
case $status in
  0) echo "nothing waits" && exit 0 ;;
  4) ;;
  *) exit "$status" ;;
esac

status=0
vendor-scaffold update --defaults . || status=$?
title="Update to the templates of $(vendor-scaffold --version)"
case $status in
  0) ;;
  3) title="$title: conflicts to resolve" ;;
  *) exit "$status" ;;
esac
git switch --quiet --force-create "$branch"
git add --all
git -c user.name=vendor-scaffold -c user.email=vendor-scaffold@localhost commit --quiet --message "$title"

case $1 in
  github) # GH_TOKEN speaks for both git and gh
    gh auth setup-git
    git push --quiet --force origin "HEAD:$branch"
    open=$(gh pr list --head "$branch" --state open --json number --jq length)
    [ "$open" -gt 0 ] || gh pr create --head "$branch" --title "$title" \
      --body "Review it as any other change; conflicts, if there are any, are marked in the files."
    ;;
esac
