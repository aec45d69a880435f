cstinclude_HEADERS += include/caustic/lie.h include/caustic/discovery.h include/caustic/algebra.h \
                      include/caustic/group.h
doc_files += doc/lie.rst doc/discovery.rst doc/algebra.rst doc/group.rst
libcaustic_all_la_SOURCES += %D%/algebra.c %D%/field.c
# Lie algebras from their constants
libcaustic_all_la_SOURCES += %D%/space.h %D%/space.c %D%/structure.c %D%/ideals.c %D%/levi.c %D%/centroid.c \
                             %D%/simple.c %D%/realform.h %D%/realform.c %D%/name.c
# Groups
libcaustic_all_la_SOURCES += %D%/group.h %D%/group.c %D%/groupname.c %D%/groupbasis.c %D%/member.c \
                             %D%/exponential.c %D%/action.c
# Discovery
libcaustic_all_la_SOURCES += %D%/kernel.h %D%/kernel.c %D%/coefficients.h %D%/coefficients.c %D%/conditions.h \
                             %D%/conditions.c %D%/equations.h %D%/equations.c %D%/sample.c %D%/bound.c \
                             %D%/discovery.c %D%/generated.h %D%/generated.c %D%/invariants.c \
                             %D%/classical.c %D%/verify.c %D%/orbits.c %D%/strata.h %D%/strata.c %D%/discrete.c \
                             %D%/profile.h %D%/profile.c
