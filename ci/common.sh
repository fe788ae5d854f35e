# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The weir authors
#
# What the jobs share; sourced, not run. Jobs work at the top of the tree and write below build/.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export CLICOLOR_FORCE=0 NO_COLOR=1

say() { printf '%s\n' "== $*"; }
die() { printf '%s\n' "$*" >&2 && exit 1; }

# The C compilers to try, those of Debian and a newer clang where there is one.
compilers() {
    local cc
    for cc in gcc clang clang-19; do
        ! command -v "$cc" >/dev/null || echo "$cc"
    done
}

# The C++ compiler that goes with a C compiler.
cxx_of() {
    case $1 in
    *clang*) echo "${1/clang/clang++}" ;;
    *) echo "${1/gcc/g++}" ;;
    esac
}

# Runs a command with its output in a file, of which the interesting part is shown if it fails.
quietly() {
    local log=$1
    shift
    "$@" >"$log" 2>&1 || { grep -vE '^\[[0-9]+/[0-9]+\] (Building|Linking)' "$log" || :; return 1; }
}

# build NAME CC [cmake option...]: configures and builds the tree in build/NAME.
build() {
    local dir=build/$1 cc=$2
    shift 2
    mkdir -p "$dir"
    quietly "$dir/configure.log" cmake -S . -B "$dir" -G Ninja -DWEIR_WERROR=ON \
        -DCMAKE_C_COMPILER="$cc" "$@" &&
        quietly "$dir/build.log" ninja -C "$dir" -k 0 -j "$(nproc)"
}

# suite NAME CC [cmake option...]: builds in build/NAME and runs the tests that match $filter. The
# result is in build/NAME/junit.xml, which is absent if there was nothing to run.
suite() {
    local dir=build/$1
    say "$*"
    rm -f "$dir/junit.xml"
    build "$@" || return 0
    ctest --test-dir "$dir" -j "$(nproc)" --output-junit junit.xml --test-output-size-passed 1000000 \
        --test-output-size-failed 1000000 -R "${filter:-.}" >"$dir/test.log" 2>&1 || true
}

# turns N: of the lines on stdin at most N, beginning with another one at another commit.
turns() {
    local lines
    mapfile -t lines
    local count=${#lines[@]} most=$1 i first=0
    ((count == 0)) || first=$((16#$(git rev-parse --short=7 HEAD) % count))
    for ((i = 0; i < count && i < most; i++)); do
        echo "${lines[(first + i) % count]}"
    done
}
