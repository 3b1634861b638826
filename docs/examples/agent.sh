#!/bin/sh
# A process agent that talks in lines of JSON: counts the words of the prompt, and tells how far it is.
set -eu

read -r asked
prompt=$(printf '%s' "$asked" | sed 's/.*"prompt":"\([^"]*\)".*/\1/')
printf '{"status":"counting"}\n'
# shellcheck disable=SC2086
set -- $prompt
total=$#
count=0
for word in "$@"; do
  count=$((count + 1))
  printf '{"progress":%d,"message":"word %d","step":%d,"total_steps":%d}\n' \
    $((100 * count / total)) "$count" "$count" "$total"
  printf '{"token":"%d "}\n' "$count"
done
printf '{"result":{"words":%d}}\n' "$count"
