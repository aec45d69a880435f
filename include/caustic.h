/* caustic.h -- everything public. Read the headers below in this order. */
#ifndef CAUSTIC_H
#define CAUSTIC_H

#include <caustic/status.h>
#include <caustic/flint.h>
#include <caustic/io.h>
#include <caustic/checkpoint.h>
#include <caustic/expr.h>
#include <caustic/tape.h>
#include <caustic/lie.h>
#include <caustic/discovery.h>
#include <caustic/algebra.h>
#include <caustic/group.h>
#include <caustic/geom.h>
#include <caustic/submersion.h>
#include <caustic/flow.h>
#include <caustic/entropy.h>
#include <caustic/lohner.h>
#include <caustic/atlas.h>
#include <caustic/dense.h>
#include <caustic/hj.h>
#include <caustic/burgers.h>
#include <caustic/arch.h>
#include <caustic/problem.h>
#include <caustic/coarse.h>
#include <caustic/derivation.h>
#include <caustic/symmetries.h>
#include <caustic/system.h>
#include <caustic/certify.h>
#include <caustic/certificate.h>
#include <caustic/observe.h>
#include <caustic/monitor.h>

#endif
