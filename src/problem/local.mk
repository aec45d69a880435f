cstinclude_HEADERS += include/caustic/problem.h include/caustic/coarse.h include/caustic/derivation.h include/caustic/symmetries.h
doc_files += doc/problem.rst doc/coarse.rst doc/derivation.rst doc/symmetries.rst
libcaustic_all_la_SOURCES += %D%/derivation.c %D%/derivation.h %D%/derivation-total.c %D%/domain.c %D%/draft.c %D%/draft.h %D%/coarse.c %D%/defined.c %D%/manifold.c %D%/names.c %D%/network.h %D%/network.c %D%/network-data.c \
  %D%/network-block.c %D%/network-gauge.c %D%/network-loss.c %D%/network-metric.c %D%/network-symmetry.c %D%/network-write.c \
  %D%/quotient.c %D%/read.c %D%/symmetries.c %D%/verify.c
cstinclude_HEADERS += include/caustic/system.h
doc_files += doc/system.rst
libcaustic_all_la_SOURCES += %D%/system.h %D%/system.c %D%/system-atlas.c %D%/system-geometry.c
EXTRA_DIST += examples/balanced-neuron.yaml examples/bures-wasserstein.yaml examples/factorization.yaml examples/softmax-shift.yaml \
  examples/cosine.yaml examples/egg-box.yaml examples/freidlin-wentzell.yaml examples/gaussian.yaml \
  examples/hyperbolic.yaml examples/quintic.yaml examples/relu-cone.yaml examples/relu-neuron.yaml \
  examples/sphere-height.yaml examples/sphere-generic.yaml examples/sphere-product.yaml examples/batchnorm-sphere.yaml \
  examples/rotation-quotient.yaml examples/rotation-space.yaml examples/tanh-network.yaml \
  examples/geodesic-sphere.yaml examples/kepler.yaml examples/lorenz.yaml
EXTRA_DIST += examples/digits-centre.csv examples/network-attention.yaml examples/network-attention-two.yaml examples/network-softmax.yaml examples/network-cnn.yaml examples/network-cnn-both.yaml examples/network-mean-field-2.yaml \
  examples/network-mean-field-3.yaml examples/network-mean-field-4.yaml examples/network-mean-field-limit.yaml examples/network-relu.yaml \
  examples/network-tanh.yaml
