cstinclude_HEADERS += include/caustic/expr.h include/caustic/tape.h
