#!/bin/sh
# The contract of `caustic symmetries CHECKPOINT`: the census of the network that a checkpoint holds.
. "$top_srcdir/tests/cli/contract.sh"
data=$top_srcdir/tests/data/checkpoints

# GPT-2 with d = 6, 2 heads, d_ff = 5, 9 words, 5 positions: 120 of 359, by rank computations
printf 'heads: 2\n' >"$d/gpt2.yaml"
expect 0 "$CAUSTIC" symmetries --architecture "$d/gpt2.yaml" "$data/gpt2-tiny.safetensors"
grep -q '^parameters  *359$' "$d/out" || fail "parameters"
grep -q '^continuous redundancy 120 ' "$d/out" || fail "redundancy"
grep -q '^effective parameters  239$' "$d/out" || fail "effective parameters"
grep -q 'epsilon of the normalizations is not known' "$d/out" || fail "an assumption is not said"
# a positive epsilon takes the scale of the stream away
printf '{"n_head": 2, "layer_norm_epsilon": 1e-05, "activation_function": "gelu_new"}\n' >"$d/eps.json"
expect 0 "$CAUSTIC" symmetries --json --architecture "$d/eps.json" "$data/gpt2-tiny.safetensors"
grep -q '"parameters":359,"redundancy":119,"effective":240,' "$d/out" || fail "epsilon"
grep -q '"note":null,"proof":null}$' "$d/out" || fail "JSON"

# a proof for the activation that is given: without rescalings only permutations are left
expect 0 "$CAUSTIC" symmetries --every "$data/mlp-f32.safetensors"
grep -q 'relu is assumed; the loss is not known: under a softmax' "$d/out" || fail "an assumption is not said"
expect 2 "$CAUSTIC" symmetries "$d/none.pt"
grep -q 'none.pt.*No such file' "$d/err" || fail "a checkpoint of PyTorch is taken for a problem"
printf 'activation: relu\nloss: cross-entropy\n' >"$d/loss.yaml"
expect 0 "$CAUSTIC" symmetries --architecture "$d/loss.yaml" "$data/mlp-f32.safetensors"
grep -q 'not known' "$d/out" && fail "what was given is assumed"
grep -q 'shift under softmax' "$d/out" || fail "the loss is not heeded"
sed -n 's/^continuous redundancy \([0-9]*\) .*/\1/p' "$d/out" >"$d/relu"
printf 'activation: gelu\n' >"$d/gelu.yaml"
expect 0 "$CAUSTIC" symmetries --architecture "$d/gelu.yaml" "$data/mlp-f32.safetensors"
grep -q 'relu is assumed; the loss is not known: under a softmax' "$d/out" && fail "what was given is assumed"
test "$(cat "$d/relu")" -gt 0 || fail "relu units can be rescaled"
grep -q '^continuous redundancy 0 ' "$d/out" || fail "gelu units cannot"
printf '{"activation": "relu"}\n' >"$d/relu.json"
printf '\200\0\0\0\0\0\0\0%-128s' '{"a.weight":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]},"b.weight":{"dtype":"F32","shape":[1,2],"data_offsets":[8,16]}}' >"$d/tiny.safetensors"
cp "$d/tiny.safetensors" "$d/alike.safetensors"
printf '1234567\270abcdefgh' >>"$d/tiny.safetensors"
printf '12345678abcdefgh' >>"$d/alike.safetensors" # both units are active on one half-line: only their sum is seen
expect 1 "$CAUSTIC" symmetries --prove --architecture "$d/relu.json" "$d/alike.safetensors"
grep -q '^room for more: 1 dimensions; 0 parameters moved none' "$d/out" || fail "a dimension more is not seen"
expect 0 "$CAUSTIC" symmetries --prove --architecture "$d/relu.json" "$d/tiny.safetensors"
grep -q '^proved: there are no other continuous symmetries at these weights$' "$d/out" || fail "no proof"
grep -q 'at these weights: at least 2, as modulo [0-9]*$' "$d/out" || fail "rank"

# functions of functions, in doubles: two units of GELU, no symmetry
{ head -c 136 "$d/tiny.safetensors"; printf '\0\0\200\077\0\0\0\100\0\0\200\077\0\0\300\277'; } >"$d/units.safetensors" # 1, 2; 1, -3/2
expect 0 "$CAUSTIC" symmetries --prove --json --time-limit 60 --architecture "$d/gelu.yaml" "$d/units.safetensors"
grep -q '"rank":4,"independent":0,.*"stopped":false,"method":"doubles","proved":true' "$d/out" || fail "doubles"
{ head -c 136 "$d/tiny.safetensors"; printf '\0\0\200\077\0\0\200\077\0\0\200\077\0\0\300\277'; } >"$d/equal.safetensors" # 1, 1: only the sum of readers is seen
expect 1 "$CAUSTIC" symmetries --prove --architecture "$d/gelu.yaml" "$d/equal.safetensors"
grep -q 'at these weights: at least 2, certified in doubles$' "$d/out" || fail "the rank that is left"
grep -q '^room for more: 2 dimensions; 0 parameters' "$d/out" || fail "units that are equal are told apart"

# BatchNorm: one channel, relu, two outputs: the scale of the channel alone, or also that of the convolution against the gain
printf '\000\002\0\0\0\0\0\0%-512s' '{"conv.weight":{"dtype":"F32","shape":[1,1,1,1],"data_offsets":[0,4]},"bn.weight":{"dtype":"F32","shape":[1],"data_offsets":[4,8]},"bn.bias":{"dtype":"F32","shape":[1],"data_offsets":[8,12]},"bn.running_mean":{"dtype":"F32","shape":[1],"data_offsets":[12,16]},"bn.running_var":{"dtype":"F32","shape":[1],"data_offsets":[16,20]},"fc.weight":{"dtype":"F32","shape":[2,1],"data_offsets":[20,28]}}' >"$d/bn.safetensors"
cp "$d/bn.safetensors" "$d/negative.safetensors"
sed 's/\[1,1,1,1\]/[1,1]    /' "$d/bn.safetensors" >"$d/linear.safetensors"
printf '\0\0\200\077\0\0\0\100\0\0\200\077\0\0\100\077\0\0\0\100\0\0\200\077\0\0\300\277' >>"$d/bn.safetensors" # 1; 2, 1; 3/4, 2; 1, -3/2
printf '\0\0\200\077\0\0\0\100\0\0\200\077\0\0\100\077\0\0\300\277\0\0\200\077\0\0\300\277' >>"$d/negative.safetensors"
expect 0 "$CAUSTIC" symmetries --architecture "$d/relu.json" "$d/bn.safetensors"
grep -q '^continuous redundancy 1 ' "$d/out" || fail "training mode"
grep -q 'training mode.*--batchnorm evaluation' "$d/out" || fail "the mode is not said"
expect 0 "$CAUSTIC" symmetries --batchnorm evaluation --prove --architecture "$d/relu.json" "$d/bn.safetensors"
grep -q '^layer 1 .*convolution and gain of BatchNorm .* 1  (channels)' "$d/out" || fail "the family is not named"
grep -q '^continuous redundancy 2 ' "$d/out" || fail "evaluation mode"
grep -q 'at these weights: at least 3, as modulo' "$d/out" || fail "rank in evaluation mode"
grep -q '^proved: there are no other' "$d/out" || fail "no proof in evaluation mode"
# the same network with a linear layer in place of a convolution of single positions
tail -c +521 "$d/bn.safetensors" >>"$d/linear.safetensors"
expect 0 "$CAUSTIC" symmetries --batchnorm evaluation --prove --architecture "$d/relu.json" "$d/linear.safetensors"
grep -q 'at these weights: at least 3, as modulo' "$d/out" || fail "a linear layer with BatchNorm"
grep -q '^continuous redundancy 2 ' "$d/out" || fail "symmetries of a linear layer with BatchNorm"
expect 0 "$CAUSTIC" symmetries --batchnorm training --json --architecture "$d/relu.json" "$d/bn.safetensors"
grep -q '"redundancy":1,.*"batchnorm":"training",' "$d/out" || fail "the mode in JSON"
expect 2 "$CAUSTIC" symmetries --batchnorm testing --architecture "$d/relu.json" "$d/bn.safetensors"
grep -q "expected training or evaluation, found 'testing'" "$d/err" || fail "no cause"
expect 2 "$CAUSTIC" symmetries --batchnorm evaluation --prove --architecture "$d/relu.json" "$d/negative.safetensors"
grep -q 'channel 1 of convolution 1: no mean and variance' "$d/err" || fail "a negative variance is taken"

# refused: what the catalogue does not have, and tensors that are left over
printf 'activation: swishish\n' >"$d/odd.yaml"
expect 2 "$CAUSTIC" symmetries --architecture "$d/odd.yaml" "$data/mlp-f32.safetensors"
grep -q 'catalogue' "$d/err" || fail "no cause"
expect 2 "$CAUSTIC" symmetries "$d/none.safetensors" -o "$d/none"
test ! -e "$d/none" || fail "half-written"

# A transformer without normalizations, with fewer outputs than words: the whole basis of its stream is free. Width 2, one head of width 1,
# three units: GL(1) of queries and keys 1, of values and output 1, units 3, GL(2) 4, tokens and positions 2, the shift under softmax 2.
offset=0 header=
tensor() {
    header="$header${header:+,}\"$1\":{\"dtype\":\"F32\",\"shape\":[$2],\"data_offsets\":[$offset,$((offset + 4 * $3))]}"
    offset=$((offset + 4 * $3))
}
tensor embed.W_E 5,2 10
tensor pos_embed.W_pos 3,2 6
for m in Q K V; do tensor blocks.0.attn.W_$m 1,2,1 2; done
tensor blocks.0.attn.W_O 1,1,2 2
tensor blocks.0.mlp.W_in 2,3 6
tensor blocks.0.mlp.b_in 3 3
tensor blocks.0.mlp.W_out 3,2 6
tensor blocks.0.mlp.b_out 2 2
tensor unembed.W_U 2,4 8
{
    printf '\000\004\000\000\000\000\000\000%-1024s' "{$header}"
    head -c "$offset" /dev/zero
} >"$d/stream.safetensors"
printf '{"activation": "relu"}\n' >"$d/relu.json"
expect 0 "$CAUSTIC" symmetries --architecture "$d/relu.json" "$d/stream.safetensors"
grep -q '^parameters  *49$' "$d/out" || fail "parameters of the transformer"
grep -q '^stream .* GL(2) ' "$d/out" || fail "the basis of the stream"
grep -q '^continuous redundancy 13 ' "$d/out" || fail "redundancy of the transformer"
exit 0
