(* The steps of a flow, found and proved in the kernel. Picard's iteration finds the polynomials, a few trials the radii;
   neither is trusted: `step_ok` decides. An observable is bounded on every step.

   first_zero: an observable of the solution is positive on [0, A] and has a zero in [A, A + B]. *)
From Coq Require Import Reals Lra Lia ZArith List Psatz Bool.
From Coquelicot Require Import Coquelicot.
From Caustic Require Import Segment Poly Model Range Expr Jet Flow.
Import ListNotations.
Open Scope R_scope.

Section Run.
Variable m : nat.
Variable pr : positive.
Variable deg : nat.
Variable w : nat -> nat.
Variable n : nat.
Variable p : program.
Variable outs : list nat.
Notation unit := (unit pr).
Notation U := (IZR unit).
Notation mrun d := (mrun m pr d w).
Notation tubes := (tubes m n).

Fixpoint integrate (k : Z) (l : list (poly m)) : list (poly m) :=
  match l with [] => [] | a :: r => pmap (fun c => (c / k)%Z) m a :: integrate (k + 1) r end.
Definition picard (d : nat) (S0 : state m) (s : step m) : step m :=
  let env := mrun d p (tubes s) in
  mkstep m (duration m s)
    (map (fun i => trim (S m) (body (state_ m S0 i) :: integrate 1 (body (speed m pr outs s env i)))) (seq 0 n)) [].
Fixpoint picards (d : nat) (S0 : state m) (s : step m) : step m :=
  match d with O => s | S j => picard d S0 (picards j S0 s) end.
Definition widen (S0 : state m) (s : step m) : step m :=
  let env := mrun deg p (tubes s) in
  mkstep m (duration m s) (phi m s)
    (map (fun i => 2 * (start_ m S0 s i + growth_ m pr outs s env i) + 64)%Z (seq 0 n)).
Definition attempt (S0 : state m) (h : Z) : step m :=
  widen S0 (widen S0 (picards deg S0 (mkstep m h (map (fun i => [body (state_ m S0 i)]) (seq 0 n)) []))).

Lemma attempt_duration S0 h : duration m (attempt S0 h) = h.
Proof.
  change (duration m (picards deg S0 (mkstep m h (map (fun i => [body (state_ m S0 i)]) (seq 0 n)) [])) = h).
  now destruct deg as [|d]; [|induction d].
Qed.

Definition measure (o : expr) {j} (env : list (model j)) : model j :=
  val j (jets j pr deg w 0 o (fun k => nth k env (zero j))).
Definition above (T : model (S m)) : bool := (valid T && (0 <? low2 T)%Z)%bool.
(* with `positive` the observable must be found positive on every step *)
Fixpoint advance (positive : bool) (o : expr) (hs : list Z) (S0 : state m) : option (state m) :=
  match hs with
  | [] => Some S0
  | h :: r =>
      let s := attempt S0 h in let T := tubes s in let env := mrun deg p T in
      if (step_ok m pr n outs S0 s env && (if positive then above (measure o T) else true))%bool
      then advance positive o r (after_step m pr n outs S0 s env) else None
  end.
Definition elapsed (hs : list Z) : R := IZR (fold_right Z.add 0%Z hs) / U.
Definition observe (o : expr) (x : nat -> R) : R := ev o (fun k => nth k (vector n x) 0).

Lemma elapsed_cons h r : elapsed (h :: r) = IZR h / U + elapsed r.
Proof. unfold elapsed. simpl. rewrite plus_IZR. unfold Rdiv. ring. Qed.

Lemma measure_ok o y j env x : (forall i, Rabs (y i) <= 1) -> length env = length x ->
  (forall k, (k < length x)%nat -> holds j pr (nth k env (mfail j)) y (nth k x 0)) ->
  holds j pr (measure o env) y (ev o (fun k => nth k x 0)).
Proof.
  intros Hy Hl H. apply (jet_ok j pr deg w 0 y Hy o). intro k. destruct (Nat.lt_ge_cases k (length x)).
  - rewrite (nth_indep env (zero j) (mfail j)) by lia. now apply H.
  - rewrite !nth_overflow by lia. apply zero_ok.
Qed.

Lemma advance_sound positive o z x T : (forall i, Rabs (z i) <= 1) -> solution n p outs x T ->
  forall hs S0 S' a, 0 <= a -> a + elapsed hs <= T -> advance positive o hs S0 = Some S' ->
  encloses_state m pr n S0 z (fun i => x i a) ->
  0 <= elapsed hs /\ encloses_state m pr n S' z (fun i => x i (a + elapsed hs)) /\
  (positive = true -> forall t, a <= t <= a + elapsed hs -> hs <> [] -> 0 < observe o (fun i => x i t)).
Proof.
  intros Hz Hsol. induction hs as [|h r IH]; intros S0 S' a Ha HT H Hin.
  - injection H as <-. assert (elapsed [] = 0) as -> by (unfold elapsed; simpl; unfold Rdiv; ring). rewrite Rplus_0_r.
    split; [lra|]. split; [exact Hin|]. intros _ t Ht Hne. now elim Hne.
  - cbn [advance] in H. cbv zeta in H. remember (attempt S0 h) as s eqn:Es.
    assert (Hs : duration m s = h) by (rewrite Es; apply attempt_duration). clear Es.
    destruct (step_ok _ _ _ _ _ _ _ && _)%bool eqn:E in H; [|discriminate H]. apply andb_prop in E. destruct E as [E1 E2].
    assert (Hh : 0 < IZR h / U).
    { assert (Q := proj1 (andb_prop _ _ E1)). apply Z.ltb_lt, IZR_lt in Q. rewrite Hs in Q.
      apply Rmult_lt_0_compat; [easy | apply Rinv_0_lt_compat, U_pos]. }
    assert (Hr : 0 <= elapsed r).
    { clear -H. revert H. generalize (after_step m pr n outs S0 s (mrun deg p (tubes s))). revert S'.
      induction r as [|k r IH]; intros S' S1 H; [unfold elapsed; simpl; unfold Rdiv; lra|].
      cbn [advance] in H. cbv zeta in H. remember (attempt S1 k) as s' eqn:Es.
      assert (Hs : duration m s' = k) by (rewrite Es; apply attempt_duration). clear Es.
      destruct (step_ok _ _ _ _ _ _ _ && _)%bool eqn:E in H; [|discriminate H]. apply andb_prop in E. destruct E as [E _].
      assert (Q := proj1 (andb_prop _ _ E)). apply Z.ltb_lt, IZR_lt in Q. rewrite Hs in Q. rewrite elapsed_cons.
      assert (0 < IZR k / U) by (apply Rmult_lt_0_compat; [easy | apply Rinv_0_lt_compat, U_pos]).
      generalize (IH _ _ H). lra. }
    rewrite elapsed_cons in *.
    destruct (step_sound m pr deg w n p outs S0 s z x a T Hz Hsol Ha) as [_ [R1 R2]]; [rewrite Hs; lra | easy | easy |].
    rewrite Hs in *.
    destruct (IH _ S' (a + IZR h / U) ltac:(lra) ltac:(lra) H R2) as [_ [I1 I2]]. rewrite <- Rplus_assoc.
    split; [lra|]. split; [exact I1|]. intros -> t Ht _.
    destruct (Rle_or_lt t (a + IZR h / U)) as [Hle|Hgt].
    + set (u := (t - a) / (IZR h / U)).
      assert (Hu : 0 <= u <= 1).
      { unfold u. split; [apply Rmult_le_pos; [lra | left; now apply Rinv_0_lt_compat]|].
        apply Rmult_le_reg_r with (IZR h / U); [easy|]. unfold Rdiv at 1. rewrite Rmult_assoc, Rinv_l by lra. lra. }
      assert (Hy : forall i, Rabs (with_time m z u i) <= 1).
      { intro i. unfold with_time. destruct (Nat.eqb i m); [apply Rabs_le; lra | apply Hz]. }
      assert (Et : a + u * (IZR h / U) = t) by (unfold u; generalize (IZR h / U), Hh; intros q Hq; field; lra).
      destruct (R1 u Hu) as [Hl Hk]. rewrite Et in *.
      assert (Q := measure_ok o _ _ _ _ Hy Hl Hk). apply andb_prop in E2. destruct E2 as [V L]. apply Z.ltb_lt, IZR_lt in L.
      assert (B := low2_ok _ Hy _ pr _ _ Q V). assert (HU := U_pos pr). unfold observe. nra.
    + apply I2; [easy | lra |]. intros ->. unfold elapsed in Ht. simpl in Ht. unfold Rdiv in *. lra.
Qed.

Definition check (o : expr) (A B : list Z) (S0 : state m) : bool :=
  match A with [] => false | _ =>
  match advance true o A S0 with None => false | Some S1 =>
  match advance false o B S1 with None => false | Some S2 =>
    let T := mtimes m (-1) (measure o (map (state_ m S2) (seq 0 n))) in (valid T && (0 <? low2 T)%Z)%bool
  end end end.

Theorem first_zero o A B S0 z x T : (forall i, Rabs (z i) <= 1) -> solution n p outs x T ->
  (forall t, 0 <= t <= T -> continuous (fun t => observe o (fun i => x i t)) t) ->
  elapsed A + elapsed B <= T -> check o A B S0 = true -> encloses_state m pr n S0 z (fun i => x i 0) ->
  (forall t, 0 <= t <= elapsed A -> 0 < observe o (fun i => x i t)) /\
  exists t, elapsed A <= t <= elapsed A + elapsed B /\ observe o (fun i => x i t) = 0.
Proof.
  intros Hz Hsol Hc HT C Hin. unfold check in C. destruct A as [|h r]; [discriminate C|].
  remember (h :: r) as A eqn:EA. assert (HA : A <> []) by (rewrite EA; easy). clear EA h r.
  assert (C' : match advance true o A S0 with None => false | Some S1 =>
    match advance false o B S1 with None => false | Some S2 =>
      let T := mtimes m (-1) (measure o (map (state_ m S2) (seq 0 n))) in (valid T && (0 <? low2 T)%Z)%bool end end = true)
    by (destruct A; [easy | exact C]). clear C.
  destruct (advance true o A S0) as [S1|] eqn:E1; [|discriminate C'].
  destruct (advance false o B S1) as [S2|] eqn:E2; [|discriminate C']. cbv zeta in C'.
  assert (HB : 0 <= elapsed B \/ elapsed B < 0) by lra.
  destruct (Rle_or_lt (0 + elapsed A) T) as [HAT|HAT].
  2: { (* B cannot take negative time *)
    exfalso. assert (K : forall hs S' S, advance false o hs S = Some S' -> 0 <= elapsed hs).
    { clear. induction hs as [|k r IH]; intros S' S H; [unfold elapsed; simpl; unfold Rdiv; lra|].
      cbn [advance] in H. cbv zeta in H. remember (attempt S k) as s' eqn:Es.
      assert (Hs : duration m s' = k) by (rewrite Es; apply attempt_duration). clear Es.
      destruct (step_ok _ _ _ _ _ _ _ && _)%bool eqn:E in H; [|discriminate H]. apply andb_prop in E. destruct E as [E _].
      assert (Q := proj1 (andb_prop _ _ E)). apply Z.ltb_lt, IZR_lt in Q. rewrite Hs in Q. rewrite elapsed_cons.
      assert (0 < IZR k / U) by (apply Rmult_lt_0_compat; [easy | apply Rinv_0_lt_compat, U_pos]).
      generalize (IH _ _ H). lra. }
    generalize (K _ _ _ E2). lra. }
  destruct (advance_sound true o z x T Hz Hsol A S0 S1 0 (Rle_refl 0) HAT E1 Hin) as [A0 [A1 A2]].
  rewrite Rplus_0_l in *.
  destruct (advance_sound false o z x T Hz Hsol B S1 S2 (elapsed A) A0 HT E2 A1) as [B0 [B1 _]].
  assert (Pos : forall t, 0 <= t <= elapsed A -> 0 < observe o (fun i => x i t)) by (intros; now apply A2).
  split; [exact Pos|].
  set (f := fun t => observe o (fun i => x i t)) in *.
  assert (Neg : f (elapsed A + elapsed B) < 0).
  { apply andb_prop in C'. destruct C' as [V L]. apply Z.ltb_lt, IZR_lt in L.
    set (v := vector n (fun i => x i (elapsed A + elapsed B))).
    assert (Q := measure_ok o z m (map (state_ m S2) (seq 0 n)) v Hz).
    assert (Q' : holds m pr (measure o (map (state_ m S2) (seq 0 n))) z (ev o (fun k => nth k v 0))).
    { apply Q; [unfold v, vector; now rewrite !map_length|]. intros k Hk. unfold v, vector in *.
      rewrite map_length, seq_length in Hk. rewrite !nth_map_seq by easy. now apply B1. }
    assert (Bd := low2_ok z Hz m pr _ _ (mtimes_ok m pr z (-1) _ _ Q') V). assert (HU := U_pos pr).
    change (f (elapsed A + elapsed B)) with (ev o (fun k => nth k v 0)). nra. }
  assert (Hlt : elapsed A < elapsed A + elapsed B).
  { destruct B0 as [|E0]; [lra|]. exfalso. rewrite <- E0, Rplus_0_r in Neg. generalize (Pos (elapsed A) ltac:(lra)). fold (f (elapsed A)). lra. }
  destruct (Ranalysis5.IVT_interv (fun t => - f t) (elapsed A) (elapsed A + elapsed B)) as [t [Ht E]].
  - intros t Ht. apply continuity_pt_filterlim. apply (continuous_opp f). apply Hc. lra.
  - easy.
  - generalize (Pos (elapsed A) ltac:(lra)). fold (f (elapsed A)). lra.
  - lra.
  - exists t. split; [easy|]. fold (f t). lra.
Qed.
End Run.
Print Assumptions first_zero.
