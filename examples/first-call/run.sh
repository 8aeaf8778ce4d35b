#!/usr/bin/env bash
# The first call, from nothing: two practice carriers, a routing chain, an explained route, an application whose hook is a
# Wasm component of ten lines (examples/plugins/greeter), a call, its record. Everything stays on 127.0.0.1 and ends with the script.
#
#   examples/first-call/run.sh [path of the strowger binary]
set -euo pipefail
cd "$(dirname "$0")/../.."

strowger=${1:-target/debug/strowger}
work=$(mktemp -d)
children=()
finish() {
  for child in "${children[@]}"; do kill "$child" 2>/dev/null || true; done
  wait 2>/dev/null || true
  rm -rf "$work"
}
trap finish EXIT

say() { printf '\n== %s\n' "$1"; }

# Starts a strowger in the background and waits until it says where it listens. usage: start NAME ARGUMENT...
start() {
  local name=$1; shift
  "$strowger" "$@" >"$work/$name.out" 2>"$work/$name.log" &
  children+=("$!")
  for _ in $(seq 200); do
    if grep -qs '^listening' "$work/$name.out"; then return; fi
    sleep 0.05
  done
  echo "$name did not start:" >&2; cat "$work/$name.log" >&2; exit 1
}
listens() { sed -n "s/^listening.* *$2=\([^ ]*\).*/\1/p" "$work/$1.out"; }

# usage: call METHOD PATH [JSON]; prints the answer, fails on an error status.
call() {
  curl --silent --show-error --fail-with-body --max-time 20 -X "$1" "http://$http$2" \
    -H "Authorization: Bearer $key" -H 'Content-Type: application/json' ${3:+--data "$3"}
}
field() { sed -n "s/.*\"$1\": *\"\([^\"]*\)\".*/\1\n/p" | head -n 1; }

say "two carriers: A is out of service, B rings and answers"
start carrier-a practice-carrier --listen 127.0.0.1:0 --answer 503
start carrier-b practice-carrier --listen 127.0.0.1:0 --answer 200 --after 200 --ring
a=$(listens carrier-a sip); b=$(listens carrier-b sip)
echo "A $a, B $b"

say "strowger on the embedded store, in a folder of its own"
key=$(head -c 16 /dev/urandom | od -An -tx1 | tr -d ' \n')
STROWGER_ADMIN_KEY=$key start server serve --demo --http 127.0.0.1:0 --sip 127.0.0.1:0 --data "$work/data"
http=$(listens server http)
head -n 1 "$work/server.out"

say "an account"
provider=$(call POST /v1/ServiceProviders '{"name":"Walk-through"}' | field sid)
account=$(call POST /v1/Accounts "{\"name\":\"First call\",\"service_provider_sid\":\"$provider\"}" | field sid)
echo "$account"

say "its two carriers; A is cheaper, so it is tried first"
for carrier in "carrier-a|Carrier A|10|$a" "carrier-b|Carrier B|20|$b"; do
  IFS='|' read -r id name weight address <<<"$carrier"
  call PUT "/v2/accounts/$account/resources" "{\"data\":{\"id\":\"$id\",\"name\":\"$name\",\"weight_cost\":$weight,
    \"rules\":[\"^\\\\+?1?([2-9]\\\\d{9})\$\"],
    \"gateways\":[{\"server\":\"${address%:*}\",\"port\":${address##*:},\"prefix\":\"+1\"}]}}" | field status
done

say "its routing chain: all carriers, those whose rules match, the cheapest first"
call POST "/v2/accounts/$account/resource_selectors/rules" '{"data":{"rules":[
  {"get_resources":{}},
  {"filter_regex":{"value_a":"number","value_b":"resource:rules","action":"keep"}},
  {"order":{"value":"resource:weight_cost","direction":"ascend"}}]}}' | field status

say "how a call would be routed, and why; nothing is dialled"
call POST "/v2/accounts/$account/resource_selectors/route?pretty_print=true" \
  '{"data":{"To-DID":"+15125550177","Outbound-Caller-ID-Number":"+12025550100"}}' | sed -n '/"trace"/,$p'
echo

say "an application: the component 'greeter' answers its calls"
application=$(call POST /v1/Applications "{\"name\":\"Greeter\",\"account_sid\":\"$account\",
  \"call_hook\":{\"url\":\"plugin:greeter\"},\"call_status_hook\":{\"url\":\"plugin:greeter\"}}" | field sid)
echo "$application"

say "a call: A refuses it, B answers, the greeter plays its sound and hangs up"
sid=$(call POST "/v1/Accounts/$account/Calls" "{\"application_sid\":\"$application\",\"from\":\"+12025550100\",
  \"to\":{\"type\":\"phone\",\"number\":\"+15125550177\"}}" | field sid)
for _ in $(seq 100); do
  record=$(call GET "/v1/Accounts/$account/Calls/$sid")
  status=$(field call_status <<<"$record")
  if [ "$status" = completed ] || [ "$status" = failed ]; then break; fi
  sleep 0.1
done
echo "$record"

say "what the carriers saw"
tail -q -n +2 "$work/carrier-a.out" "$work/carrier-b.out"

if [ "$status" != completed ]; then echo "the call ended as $status" >&2; exit 1; fi
say "done"
