/* caustic.h -- everything public. Read the headers below in this order. */
#ifndef CAUSTIC_H
#define CAUSTIC_H

#include <caustic/status.h>
#include <caustic/flint.h>
#include <caustic/io.h>
#include <caustic/expr.h>
#include <caustic/tape.h>

#endif
