#!/bin/bash -eu
# Builds the targets, with seeds and dictionary beside each, as OSS-Fuzz and ClusterFuzzLite want them in $OUT.

cd "$SRC/kmip"
cargo fuzz build -O --debug-assertions

# Without the flags of the sanitizer: the generator of the seeds is an ordinary program.
env -u RUSTFLAGS -u CFLAGS -u CXXFLAGS cargo run --release --manifest-path fuzz/Cargo.toml --example seed

for file in fuzz/fuzz_targets/*.rs; do
  target=$(basename "$file" .rs)
  cp "fuzz/target/x86_64-unknown-linux-gnu/release/$target" "$OUT/"
  cp fuzz/kmip.dict "$OUT/$target.dict"
  zip --quiet --junk-paths --recurse-paths "$OUT/${target}_seed_corpus.zip" "fuzz/corpus/$target"
done
