# Sourced by ./run: steps that are silent when quick, speak when slow, and help when they fail.

log_dir=$root/build/log

# step NAME "what it does" "what to do when it fails" COMMAND...
step() {
  local name=$1 what=$2 remedy=$3 log=$log_dir/$1.log status=0 speaker began=$SECONDS
  shift 3
  mkdir -p "$log_dir"
  (sleep 1.5 && echo "- $what ..." >&2) &
  speaker=$!
  "$@" > "$log" 2>&1 || status=$?
  kill "$speaker" 2> /dev/null || true
  wait "$speaker" 2> /dev/null || true
  if [ "$status" -ne 0 ]; then
    echo "- $what: FAILED after $((SECONDS - began)) s. The end of build/log/$name.log:" >&2
    tail -n 40 "$log" >&2
    echo "  What to do: $remedy" >&2
  elif [ $((SECONDS - began)) -ge 2 ]; then
    echo "- $what: $((SECONDS - began)) s" >&2
  fi
  return "$status"
}

# stamped NAME KEY: true when the stamp of that name was set with the same key.
stamped() { [ "$(cat "$root/build/stamp/$1" 2> /dev/null)" = "$2" ]; }
set_stamp() { mkdir -p "$root/build/stamp" && printf '%s\n' "$2" > "$root/build/stamp/$1"; }

hash_of() { cat "$@" | sha256sum | cut -c 1-32; }

as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  else
    sudo "$@"
  fi
}

apt_install() {
  as_root apt-get update -q &&
    as_root env DEBIAN_FRONTEND=noninteractive \
      apt-get install -qy --no-install-recommends "$@"
}

# ensure_apt [test]: installs what scripts/apt.txt names and the machine lacks.
ensure_apt() {
  local wanted missing=() have package
  wanted=$(sed -e 's/#.*//' "$root/scripts/apt.txt" |
    awk -v all="${1:-}" 'NF == 1 || (NF == 2 && $2 == all) { print $1 }')
  # shellcheck disable=SC2086
  have=$(dpkg-query -W -f '${Package} ${db:Status-Status}\n' $wanted 2> /dev/null |
    awk '$2 == "installed" { print $1 }')
  for package in $wanted; do
    grep -qxF "$package" <<< "$have" || missing+=("$package")
  done
  command -v node > /dev/null || missing+=(nodejs)
  command -v npm > /dev/null || missing+=(npm)
  [ ${#missing[@]} -eq 0 ] && return 0
  local remedy="check the network and the apt sources, then start again"
  if [ "$(id -u)" -ne 0 ] && ! { command -v sudo > /dev/null && sudo -v; }; then
    echo "These packages are missing and installing them needs root:" >&2
    echo "  apt-get install --no-install-recommends ${missing[*]}" >&2
    return 1
  fi
  step apt "Installing packages: ${missing[*]}" "$remedy" apt_install "${missing[@]}"
}

# Node below 20 (Debian 12 has 18) is too old for the tools; npm's own package carries a newer one.
node_version=22.23.3
install_node() {
  rm -rf "$root/build/deps/node"
  mkdir -p "$root/build/deps/node"
  echo '{ "private": true }' > "$root/build/deps/node/package.json"
  npm install --prefix "$root/build/deps/node" --no-save "node@$node_version"
  "$root/build/deps/node/node_modules/node/bin/node" --version
}

ensure_node() {
  local own=$root/build/deps/node/node_modules/node/bin
  if [ "$(node -p 'process.versions.node.split(".")[0]')" -lt 20 ]; then
    [ -x "$own/node" ] || step node "Fetching Node $node_version from npm" \
      "check that npm reaches its registry, then start again" install_node || return 1
    export PATH=$own:$PATH
  fi
  local key
  key=$(hash_of "$root/package.json" "$root/package-lock.json")-$(node --version)
  stamped npm "$key" && [ -d "$root/node_modules" ] && return 0
  step npm "Installing npm packages (npm ci)" \
    "check that npm reaches its registry, then start again" npm ci || return 1
  set_stamp npm "$key"
}
