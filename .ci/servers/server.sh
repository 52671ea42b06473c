# One KMIP server on loopback: start it, stop it. Sourced by the script of each server, which sets
#
#   name       of the server
#   variable   the environment variable by which tests are told of it
#
# and defines
#
#   prepare        installs the server; the first time takes long
#   command_line PORT
#                  sets the array `server` to the command that serves KMIP on 127.0.0.1:PORT; `state` is its folder
#
# shellcheck shell=bash disable=SC2154

servers=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=SCRIPTDIR/common.sh
source "$servers/common.sh"

# Where the running server of this checkout keeps its files: a link to a folder that is made at every start.
mkdir -p "$cache/run"
link=$cache/run/$name-$(cksum <<<"$servers" | cut -d' ' -f1)
state=

run() {
  # Standard output is for the shell that evaluates it: here it is 3, and closed for the server, which outlives us.
  exec 3>&1 1>&2
  exec 9>"$cache/$name.lock"
  flock 9
  state=$(readlink "$link" || true)
  case ${1-} in
    start)
      # No server half started; and `eval` of nothing would succeed, so what is printed has to fail.
      trap 'stop; echo false >&3' EXIT
      running || start
      trap - EXIT
      printf 'export %s=%q\n' "$variable" "$state" >&3
      ;;
    stop) stop ;;
    *) die "usage: eval \"\$($0 start)\"; $0 stop" ;;
  esac
}

start() {
  local port server=()
  stop
  prepare
  state=$(mktemp -d "${TMPDIR:-/tmp}/kmip-$name.XXXXXX")
  ln -sfn "$state" "$link"
  "$servers/mkcerts" "$state"
  port=$(free_port)
  command_line "$port"
  # In a session of its own, out of reach of a Ctrl-C that is meant for the tests.
  setsid "${server[@]}" </dev/null >"$state/server.log" 2>&1 3>&- 9>&- &
  echo $! >"$state/pid"
  await "$port"
  echo "127.0.0.1:$port" >"$state/address"
  say "$name serves KMIP on 127.0.0.1:$port; its files are in $state"
}

stop() {
  local pid tries
  [[ -n $state ]] || return 0
  if running; then
    pid=$(<"$state/pid")
    kill "$pid"
    for ((tries = 0; tries < 150; tries++)); do
      running || break
      sleep 0.1
    done
    # Its process group: PyKMIP has children.
    kill -KILL -- "-$pid" 2>/dev/null || true
    say "$name stopped"
  fi
  rm -rf "$state" "$link"
  state=
}

# A process with our folder on its command line: a number alone may have been given to another since.
running() {
  local pid
  [[ -n $state && -r $state/pid ]] || return 1
  pid=$(<"$state/pid")
  grep --quiet --fixed-strings --text -- "$state" "/proc/$pid/cmdline" 2>/dev/null
}

# A port below those that the kernel gives out, on which nobody answers.
free_port() {
  local port
  while port=$((20000 + RANDOM % 12000)); do
    (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
  done
  echo "$port"
}

# await PORT: returns once a TLS handshake with our client certificate succeeds.
await() {
  local pid deadline=$((SECONDS + 60))
  pid=$(<"$state/pid")
  until timeout 5 openssl s_client -connect "127.0.0.1:$1" -CAfile "$state/ca.pem" -verify_return_error \
    -cert "$state/client.pem" -key "$state/client.key" </dev/null >/dev/null 2>&1; do
    # Not `running`: for a moment after the fork the command line is still ours.
    if ! kill -0 "$pid" || ((SECONDS > deadline)); then
      tail -n 30 "$state/server.log"
      die "$name did not start; the end of its log is above"
    fi
    sleep 0.1
  done
}
