doc_files += %D%/architectures.rst %D%/derivations/attention.txt %D%/derivations/attention-two.txt %D%/derivations/softmax.txt %D%/derivations/cnn.txt %D%/derivations/mean-field.txt \
  %D%/derivations/mlp.txt %D%/entropy.txt %D%/factorization.txt %D%/rotation-quotient.txt %D%/conf.py %D%/index.rst %D%/certificate.rst %D%/coq.rst
man_sources = %D%/caustic.1.rst %D%/caustic-check.1.rst
EXTRA_DIST += $(doc_files) $(man_sources)
# The manual pages travel in the tarball, so that a user needs no Sphinx.
if HAVE_MAN_PAGES
dist_man1_MANS = doc/caustic.1 doc/caustic-check.1
endif
if HAVE_SPHINX
MAINTAINERCLEANFILES += doc/caustic.1 doc/caustic-check.1
doc/caustic.1: $(man_sources) doc/conf.py
	$(AM_V_GEN)$(MKDIR_P) doc && $(SPHINX_BUILD) -q -b man -d doc/.trees-man $(srcdir)/doc doc/.man && \
	  mv doc/.man/*.1 doc/ && rm -rf doc/.man
# One run writes all pages.
doc/caustic-check.1: doc/caustic.1
	@touch $@
html-local: $(doc_files) $(man_sources)
	$(AM_V_GEN)$(SPHINX_BUILD) -q -W -n -b html -d doc/.trees-html $(srcdir)/doc doc/html
endif
