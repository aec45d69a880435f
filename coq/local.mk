# `make coq` compiles the theorems with coqc (Debian: coq libcoq-coquelicot); nothing else needs them.
# A theorem ends with `Print Assumptions NAME.`; axioms.sh fails on any axiom but those of the classical reals.
# It wants their full names: write `From Coq Require FunctionalExtensionality.` without Import.
#
# A file joins one of the lists, in an order that respects its imports, and names them below:
# coq_quick (`make coq-quick`, some four minutes) or coq_slow. Files import each other as `From Caustic Require Import X.`
coq_quick = coq/Segment.vo coq/Vector.vo coq/Gronwall.vo coq/Matrix.vo coq/Definite.vo coq/Linear.vo coq/DefinitePath.vo \
  coq/MonotoneMatrix.vo coq/Smooth.vo coq/Characteristic.vo coq/HamiltonJacobi.vo \
  coq/Static.vo coq/Burgers.vo coq/Solution.vo coq/Shock.vo coq/Determinant.vo \
  coq/Poly.vo coq/Series.vo coq/Model.vo coq/Range.vo coq/Expr.vo coq/Jet.vo coq/Cover.vo \
  coq/Flat.vo coq/Search2.vo coq/Flat2.vo coq/Flow.vo coq/FlowRun.vo \
  coq/Existence.vo coq/MonotoneExist.vo coq/Surface.vo coq/Entire.vo coq/Jacobi.vo coq/Focal.vo coq/Kinetic.vo coq/Plane.vo coq/SurfaceFlow.vo \
  coq/SurfaceExist.vo coq/Stumpff.vo coq/SurfaceSearch.vo coq/SurfaceRoom.vo coq/SurfaceTube.vo coq/Kink.vo coq/Quotient.vo coq/SurfaceProblem.vo
coq_slow  = coq/SphereFlow.vo
coq/Vector.vo: coq/Segment.vo
coq/Gronwall.vo coq/Matrix.vo: coq/Vector.vo
coq/Definite.vo coq/Determinant.vo: coq/Matrix.vo
coq/Linear.vo: coq/Gronwall.vo coq/Matrix.vo
coq/DefinitePath.vo: coq/Definite.vo coq/Linear.vo
coq/MonotoneMatrix.vo: coq/DefinitePath.vo
coq/Smooth.vo: coq/Vector.vo
coq/Characteristic.vo: coq/Linear.vo coq/Smooth.vo
coq/HamiltonJacobi.vo: coq/Characteristic.vo
coq/Static.vo: coq/DefinitePath.vo coq/HamiltonJacobi.vo
coq/Burgers.vo: coq/Static.vo
coq/Solution.vo: coq/HamiltonJacobi.vo
coq/Existence.vo: coq/Linear.vo coq/Smooth.vo
coq/Shock.vo: coq/MonotoneMatrix.vo coq/Solution.vo
coq/MonotoneExist.vo: coq/Existence.vo coq/Shock.vo
coq/Series.vo: coq/Segment.vo
coq/Model.vo: coq/Poly.vo coq/Series.vo
coq/Range.vo coq/Expr.vo: coq/Model.vo
coq/Jet.vo: coq/Model.vo coq/Expr.vo
coq/Flat.vo: coq/Range.vo coq/Jet.vo coq/Cover.vo
coq/Search2.vo: coq/Flat.vo
coq/Flat2.vo: coq/Search2.vo
coq/Stumpff.vo: coq/Model.vo coq/Surface.vo
coq/SurfaceSearch.vo: coq/Search2.vo coq/Stumpff.vo
coq/Kink.vo: coq/SurfaceSearch.vo
coq/Quotient.vo: coq/Definite.vo coq/Kink.vo
coq/SurfaceProblem.vo: coq/SurfaceSearch.vo coq/SurfaceFlow.vo
coq/Flow.vo: coq/Range.vo coq/Jet.vo
coq/FlowRun.vo: coq/Flow.vo
coq/SphereFlow.vo: coq/FlowRun.vo
coq/Surface.vo: coq/Flat.vo
coq/Entire.vo: coq/Surface.vo
coq/Jacobi.vo: coq/Entire.vo
coq/Focal.vo: coq/Flat2.vo coq/Jacobi.vo
coq/Kinetic.vo: coq/Jacobi.vo
coq/SurfaceFlow.vo: coq/Focal.vo coq/Kinetic.vo
coq/Plane.vo: coq/Existence.vo coq/Kinetic.vo
coq/SurfaceExist.vo: coq/SurfaceFlow.vo coq/Plane.vo
coq/SurfaceRoom.vo: coq/SurfaceExist.vo coq/SurfaceSearch.vo
coq/SurfaceTube.vo: coq/SurfaceRoom.vo coq/FlowRun.vo

COQC = coqc
SUFFIXES = .v .vo
.v.vo:
	@command -v $(COQC) >/dev/null || \
	  { echo 'coqc not found: the theorems need Coq and Coquelicot (Debian: coq libcoq-coquelicot)' >&2; exit 1; }
	@$(MKDIR_P) coq
	@start=`date +%s`; $(COQC) -q -w -all -R coq Caustic -o $@ $< >$@.log || { cat $@.log; rm -f $@; exit 1; }; \
	  echo "$@: $$((`date +%s` - $$start)) s" && $(SHELL) $(srcdir)/coq/axioms.sh $< $@.log || { rm -f $@; exit 1; }
coq-quick: $(coq_quick)
coq: $(coq_quick) $(coq_slow)
.PHONY: coq coq-quick
EXTRA_DIST += $(coq_quick:.vo=.v) $(coq_slow:.vo=.v) coq/axioms.sh
CLEANFILES += coq/*.vo coq/*.vos coq/*.vok coq/*.glob coq/*.vo.log
