#!/usr/bin/env bash
# Fetches the source of libsodium 1.0.18 as Debian packages it (signed by Debian, checked by apt)
# into the directory given, for the wasm build. The system's own package lists stay as they are.
set -euo pipefail

target=$1
[ -f "$target/src/libsodium/sodium/core.c" ] && exit 0

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/parts" "$work/lists/partial" "$work/cache/archives/partial" "$work/src"

# The mirrors this machine already trusts, asked for sources instead of binaries.
for file in /etc/apt/sources.list.d/*.sources; do
  [ -f "$file" ] && grep -Eq '^URIs:.*/debian/?( |$)' "$file" || continue
  sed 's/^Types:.*/Types: deb-src/' "$file" > "$work/parts/$(basename "$file")"
done
for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
  [ -f "$file" ] || continue
  sed -nE 's#^deb (.*/debian/? .*)$#deb-src \1#p' "$file" >> "$work/parts/kept.list"
done

apt=(apt-get -q
  -o Dir::Etc::SourceList=/dev/null -o "Dir::Etc::SourceParts=$work/parts"
  -o "Dir::State::Lists=$work/lists" -o "Dir::Cache=$work/cache"
  -o APT::Sandbox::User=root -o Acquire::Retries=3)
"${apt[@]}" update
(cd "$work/src" && "${apt[@]}" source libsodium)

found=$(find "$work/src" -maxdepth 1 -type d -name 'libsodium-1.0.18*' | head -n 1)
if [ -z "$found" ]; then
  echo "fetch_sodium: apt offers no source of libsodium 1.0.18; Debian 12 has it" >&2
  exit 1
fi
rm -rf "$target"
mkdir -p "$(dirname "$target")"
mv "$found" "$target"
