bin_PROGRAMS += caustic
caustic_SOURCES  = %D%/main.c %D%/common.c %D%/options.c %D%/certify.c %D%/observe.c %D%/derive.c %D%/derive.h \
  %D%/derive-json.c %D%/derive-latex.c %D%/derive-text.c %D%/formula.c %D%/formula.h %D%/fields.c %D%/symmetries.c %D%/entropy.c \
  %D%/integrate.c %D%/integrate.h %D%/integrate-run.c %D%/integrate-print.c %D%/cli.h
caustic_CPPFLAGS = $(PUBLIC_CPPFLAGS) -I$(top_srcdir)/src
caustic_LDADD    = libcaustic.la $(MATH_LIBS)
caustic_SOURCES += %D%/run.c %D%/census.c %D%/scalars.c %D%/forecast.c %D%/forecast-neurons.c %D%/neighbours.c %D%/forecast.h %D%/watch.c \
  %D%/report.c %D%/report.h %D%/plot.c %D%/report-certificate.c %D%/report-latex.c %D%/report-observations.c \
  %D%/prove.c %D%/prove.h %D%/prove-read.c %D%/prove-coq.c %D%/prove-print.c %D%/prove-flat.c %D%/prove-metric.c %D%/prove-total.c %D%/prove-quotient.c %D%/prove-surface.c %D%/prove-room.c %D%/prove-tube.c
