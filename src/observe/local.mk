# Checkpoints and what is observed on them.
cstinclude_HEADERS += include/caustic/observe.h include/caustic/monitor.h
doc_files += doc/observe.rst doc/monitor.rst
libcaustic_all_la_SOURCES += %D%/run.c %D%/model.c %D%/model-chain.c %D%/model-transformer.c %D%/model.h \
                             %D%/observe-chain.c %D%/observe-step.c %D%/observe-transformer.c %D%/transformer-heads.c %D%/transformer-units.c \
                             %D%/transformer.h %D%/fold.c %D%/fold.h %D%/state.h \
                             %D%/chain.c %D%/gram.c %D%/chain.h %D%/assign.c \
                             %D%/matrix.c %D%/matrix.h %D%/lapack.h %D%/table.c %D%/table.h
libcaustic_all_la_SOURCES += %D%/census.c %D%/forecast.c %D%/swarm.c %D%/weights.c
libcaustic_all_la_SOURCES += %D%/transformer-distance.c %D%/transformer-step.c %D%/vertical.c %D%/vertical.h
libcaustic_all_la_SOURCES += %D%/linear.c %D%/linear-deep.c %D%/linear.h
libcaustic_all_la_SOURCES += %D%/transformer-gains.c
libcaustic_all_la_SOURCES += %D%/orbit.c %D%/orbit-problem.c %D%/orbit-couple.c %D%/orbit-search.c %D%/orbit.h %D%/transformer-orbit.c \
                             %D%/transformer-parts.c %D%/transformer-orbit.h
libcaustic_all_la_SOURCES += %D%/neighbours.c %D%/rates.h
