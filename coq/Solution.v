(* Classical solutions u of u_t + H(q, grad u) = 0 of class C^2, in their own terms.

   solution_gradient: v = grad u solves v_t + H_q(q, v) + (Dv) H_p(q, v) = 0.
   no_C2_solution_past_focal_time: so there is no such u on [0, T) x D if the characteristic from some point of D has a
   focal time before T.

   The equation is differentiated in q. That the second derivatives of u may be exchanged is Peano's form of Schwarz'
   theorem: if f_y, f_yx and f_x exist and f_yx is continuous at a point, f_xy exists there and is f_yx. *)
From Coq Require Import Reals Lra Lia Psatz.
From Coq Require FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From Caustic Require Import Segment Vector Matrix Linear Smooth Characteristic HamiltonJacobi.
Open Scope R_scope.

Lemma derivative_within (f : R -> R) a l D e : is_derive f a l ->
  (exists d, 0 < d /\ forall s, Rabs (s - a) < d -> Rabs (f s - f a - D * (s - a)) <= e * Rabs (s - a)) -> Rabs (l - D) <= e.
Proof.
  intros Hf [d [Hd H]]. apply le_epsilon. intros z Hz. apply is_derive_Reals in Hf. destruct (Hf z Hz) as [d' Hd'].
  assert (Hp := cond_pos d'). set (h := Rmin d d' / 2).
  assert (Hm := Rmin_pos d d' Hd Hp). assert (Hl := Rmin_l d d'). assert (Hr := Rmin_r d d').
  assert (Hh : 0 < h) by (unfold h; lra).
  assert (Hh2 : Rabs h < d') by (rewrite Rabs_pos_eq; unfold h; lra).
  specialize (Hd' h ltac:(lra) Hh2). specialize (H (a + h)). replace (a + h - a) with h in H by ring.
  specialize (H ltac:(rewrite Rabs_pos_eq; unfold h; lra)).
  assert (E : Rabs ((f (a + h) - f a) / h - D) <= e).
  { apply Rmult_le_reg_r with (Rabs h); [rewrite Rabs_pos_eq; lra|]. rewrite <- Rabs_mult.
    replace (((f (a + h) - f a) / h - D) * h) with (f (a + h) - f a - D * h) by (field; lra). easy. }
  split_Rabs; lra.
Qed.

Theorem mixed_derivative (f fy fyx : R -> R -> R) (fx : R -> R) (a b d : R) : 0 < d ->
  (forall s r, Rabs (s - a) < d -> Rabs (r - b) < d ->
     is_derive (fun y => f s y) r (fy s r) /\ is_derive (fun x => fy x r) s (fyx s r)) ->
  (forall e, 0 < e -> exists c, 0 < c /\ forall s r, Rabs (s - a) < c -> Rabs (r - b) < c -> Rabs (fyx s r - fyx a b) < e) ->
  (forall r, Rabs (r - b) < d -> is_derive (fun x => f x r) a (fx r)) ->
  is_derive fx b (fyx a b).
Proof.
  intros Hd Hf Hc Hx.
  apply is_derive_ext with (fun r => (fx r - fyx a b * r) + fyx a b * r); [intro; simpl; ring|].
  apply is_derive_eq with (0 + fyx a b); [|ring].
  apply (is_derive_plus (fun r => fx r - fyx a b * r) (fun r => fyx a b * r)); [|auto_derive; [easy | ring]].
  apply is_derive_zero. intros e He. destruct (Hc e He) as [c [Hcp Hce]].
  set (m := Rmin c d). assert (Hm : 0 < m /\ m <= c /\ m <= d) by (unfold m, Rmin; destruct Rle_dec; lra).
  exists m. split; [easy|]. intros r Hr.
  replace (fx r - fyx a b * r - (fx b - fyx a b * b)) with ((fx r - fx b) - fyx a b * (r - b)) by ring.
  apply (derivative_within (fun s => f s r - f s b) a).
  { apply (is_derive_minus (fun s => f s r) (fun s => f s b)); apply Hx; [lra | rewrite Rminus_eq_0, Rabs_R0; lra]. }
  exists m. split; [easy|]. intros s Hs.
  assert (Hb : forall y z w, Rmin y z <= w <= Rmax y z -> Rabs (y - a) < m -> Rabs (z - a) < m -> Rabs (w - a) < m).
  { intros y z w Hw Hy Hz. unfold Rmin, Rmax in Hw. destruct Rle_dec in Hw; split_Rabs; lra. }
  assert (Hb' : forall w, Rmin b r <= w <= Rmax b r -> Rabs (w - b) < m).
  { intros w Hw. unfold Rmin, Rmax in Hw. destruct Rle_dec in Hw; split_Rabs; lra. }
  (* the slope of y -> f s y - f a y is within e |s - a| of fyx a b (s - a) *)
  assert (H := slope_bound (fun y => f s y - f a y) (fun y => fy s y - fy a y) (fyx a b * (s - a)) (e * Rabs (s - a)) b r).
  replace (f s r - f s b - (f a r - f a b) - fyx a b * (r - b) * (s - a))
    with (f s r - f a r - (f s b - f a b) - fyx a b * (s - a) * (r - b)) by ring.
  replace (e * Rabs (r - b) * Rabs (s - a)) with (e * Rabs (s - a) * Rabs (r - b)) by ring.
  assert (Ha : Rabs (a - a) < m) by (rewrite Rminus_eq_0, Rabs_R0; lra).
  apply H. intros y Hy. specialize (Hb' y Hy). split.
  - apply (is_derive_minus (fun y => f s y) (fun y => f a y)); apply Hf; lra.
  - apply (slope_bound (fun x => fy x y) (fun x => fyx x y)). intros x Hxs. specialize (Hb a s x Hxs Ha Hs).
    split; [apply Hf; lra|]. left. apply Hce; lra.
Qed.

(* u is of class C^2 on [0, T) x D, solves the equation for 0 < t < T, and is u0 at t = 0 *)
Definition C2_solution (n : nat) (T : R) (D : vec -> Prop) (H : vec -> vec -> R) (u0 : vec -> R) (u : R -> vec -> R) : Prop :=
  exists (ut : R -> vec -> R) (v vt : nat -> R -> vec -> R) (dv : nat -> nat -> R -> vec -> R),
    (forall t q q', agree n q q' -> u t q = u t q') /\
    (forall t q i, 0 <= t < T -> D q -> (i < n)%nat -> is_derive (fun s => u t (upd q i s)) (q i) (v i t q)) /\
    (forall i, (i < n)%nat -> C1_strip n T D (v i) (vt i) (dv i)) /\
    (forall q, D q -> u 0 q = u0 q) /\
    forall t q, 0 < t < T -> D q ->
      is_derive (fun s => u s q) t (ut t q) /\ ut t q + H q (fun k => v k t q) = 0.

Lemma near_upd n q j s d : 0 < d -> Rabs (s - q j) < d -> near n q d (upd q j s).
Proof.
  intros Hd Hs i Hi. destruct (Nat.eq_dec i j) as [->|Hne]; [now rewrite upd_same|].
  rewrite upd_other, Rminus_eq_0, Rabs_R0 by easy. easy.
Qed.
Lemma upd_self q j : upd q j (q j) = q.
Proof.
  apply FunctionalExtensionality.functional_extensionality. intro i. destruct (Nat.eq_dec i j) as [->|Hne]; [apply upd_same | now apply upd_other].
Qed.
Lemma is_derive_upd q i j s : is_derive (fun r => upd q i r j) s (if Nat.eqb j i then 1 else 0).
Proof. unfold upd. destruct (Nat.eqb j i); [apply @is_derive_id | apply @is_derive_const]. Qed.

Section Gradient.
Variable n : nat.
Variable T : R.
Hypothesis HT : 0 < T.
Variable D : vec -> Prop.
Hypothesis D_open : open_set n D.
Variable H : vec -> vec -> R.
Variables Hq Hp : nat -> vec -> vec -> R.
Hypothesis H_C1 : C1 n D H Hq Hp.
Variable u0 : vec -> R.
Variable v0 : nat -> vec -> R.
Hypothesis u0_gradient : forall q i, D q -> (i < n)%nat -> is_derive (fun s => u0 (upd q i s)) (q i) (v0 i q).
Variable u : R -> vec -> R.
Variable ut : R -> vec -> R.
Variables v vt : nat -> R -> vec -> R.
Variable dv : nat -> nat -> R -> vec -> R.
Hypothesis u_ext : forall t q q', agree n q q' -> u t q = u t q'.
Hypothesis u_gradient : forall t q i, 0 <= t < T -> D q -> (i < n)%nat -> is_derive (fun s => u t (upd q i s)) (q i) (v i t q).
Hypothesis v_C1 : forall i, (i < n)%nat -> C1_strip n T D (v i) (vt i) (dv i).
Hypothesis u_initial : forall q, D q -> u 0 q = u0 q.
Hypothesis u_equation : forall t q, 0 < t < T -> D q ->
  is_derive (fun s => u s q) t (ut t q) /\ ut t q + H q (fun k => v k t q) = 0.

(* u(t, .) has the derivative v i in coordinate i at every place of a line in that direction *)
Lemma u_line t q i r : 0 <= t < T -> D (upd q i r) -> (i < n)%nat -> is_derive (fun s => u t (upd q i s)) r (v i t (upd q i r)).
Proof.
  intros Ht Hin Hi. assert (E := u_gradient t (upd q i r) i Ht Hin Hi). rewrite upd_same in E.
  apply is_derive_ext with (2 := E). intro s. apply u_ext. intros j _.
  destruct (Nat.eq_dec j i) as [->|Hne]; [now rewrite !upd_same | now rewrite !upd_other].
Qed.
Lemma v_line i j t q r : 0 < t < T -> D (upd q j r) -> (i < n)%nat -> (j < n)%nat ->
  is_derive (fun s => v i t (upd q j s)) r (dv i j t (upd q j r)).
Proof.
  intros Ht Hin Hi Hj. destruct (v_C1 i Hi) as (Hext & _ & _ & _ & Hd).
  destruct (Hd t (upd q j r) Ht Hin) as [_ E]. specialize (E j Hj). rewrite upd_same in E.
  apply is_derive_ext with (2 := E). intro s. apply Hext. intros k _.
  destruct (Nat.eq_dec k j) as [->|Hne]; [now rewrite !upd_same | now rewrite !upd_other].
Qed.

Lemma hessian_symmetric i j t q : 0 < t < T -> D q -> (i < n)%nat -> (j < n)%nat -> dv i j t q = dv j i t q.
Proof.
  intros Ht Hin Hi Hj. destruct (Nat.eq_dec i j) as [->|Hne]; [easy|].
  destruct (D_open q Hin) as [d [Hd HD]].
  set (z := fun s r => upd (upd q j s) i r).
  assert (Hz : forall s r c, 0 < c -> Rabs (s - q j) < c -> Rabs (r - q i) < c -> near n q c (z s r)).
  { intros s r c Hc Hs Hr k Hk. unfold z. destruct (Nat.eq_dec k i) as [->|Hki]; [now rewrite upd_same|].
    rewrite upd_other by easy. destruct (Nat.eq_dec k j) as [->|Hkj]; [now rewrite upd_same|].
    rewrite upd_other, Rminus_eq_0, Rabs_R0 by easy. easy. }
  assert (Ez : forall s r, agree n (upd (upd q i r) j s) (z s r)).
  { intros s r k _. unfold z. destruct (Nat.eq_dec k i) as [->|Hki].
    - now rewrite upd_other, !upd_same by easy.
    - rewrite (upd_other _ i r) by easy. destruct (Nat.eq_dec k j) as [->|Hkj]; [now rewrite !upd_same | now rewrite !upd_other]. }
  assert (E0 : z (q j) (q i) = q) by (unfold z; now rewrite upd_self, upd_self).
  destruct (v_C1 i Hi) as (Hext & _ & _ & Cv & Hdv).
  assert (Edv : forall s r, D (z s r) -> is_derive (fun x => v i t (z x r)) s (dv i j t (z s r))).
  { intros s r Hinz. assert (E := proj2 (Hdv t (z s r) Ht Hinz) j Hj).
    assert (Es : z s r j = s) by (unfold z; rewrite upd_other by auto; apply upd_same). rewrite Es in E.
    apply is_derive_ext with (2 := E). intro x. apply Hext. intros k Hk.
    rewrite <- (Ez x r k Hk). destruct (Nat.eq_dec k j) as [->|Hkj]; [now rewrite !upd_same|].
    rewrite !upd_other by easy. rewrite <- (Ez s r k Hk). now rewrite upd_other. }
  assert (M : is_derive (fun r => v j t (upd q i r)) (q i) (dv i j t q)).
  { apply is_derive_eq with (dv i j t (z (q j) (q i))); [|now rewrite E0].
    apply (mixed_derivative (fun s r => u t (z s r)) (fun s r => v i t (z s r)) (fun s r => dv i j t (z s r))
      (fun r => v j t (upd q i r)) (q j) (q i) d Hd).
    - intros s r Hs Hr. assert (Hinz : D (z s r)) by (apply HD, Hz; easy). split; [|now apply Edv].
      apply (u_line t (upd q j s) i r); [lra | easy | easy].
    - intros e He. destruct (Cv j Hj t q ltac:(lra) Hin (e / 2) ltac:(lra)) as [c [Hc Hce]].
      exists (Rmin c d). split; [now apply Rmin_pos|]. intros s r Hs Hr.
      assert (Hmin := conj (Rmin_l c d) (Rmin_r c d)). assert (Hmp := Rmin_pos c d Hc Hd).
      assert (Hnear : forall s r, Rabs (s - q j) < Rmin c d -> Rabs (r - q i) < Rmin c d ->
        Rabs (dv i j t (z s r) - dv i j t q) < e / 2).
      { intros s' r' Hs' Hr'. assert (Hn := Hz s' r' (Rmin c d) Hmp Hs' Hr').
        apply Hce; [lra | rewrite Rminus_eq_0, Rabs_R0; easy | apply HD, near_le with (2 := Hn); easy | apply near_le with (2 := Hn); easy]. }
      rewrite E0. specialize (Hnear s r Hs Hr). lra.
    - intros r Hr. apply is_derive_ext with (fun s => u t (upd (upd q i r) j s)); [intro s; apply u_ext, Ez|].
      assert (Eqj : upd q i r j = q j) by (apply upd_other; auto).
      assert (E := u_gradient t (upd q i r) j ltac:(lra) ltac:(apply HD, near_upd; easy) Hj). now rewrite Eqj in E. }
  assert (N := v_line j i t q (q i) Ht). rewrite upd_self in N. specialize (N Hin Hj Hi).
  apply is_derive_unique in M. apply is_derive_unique in N. now rewrite <- M, N.
Qed.

Lemma gradient_initial i q : (i < n)%nat -> D q -> v i 0 q = v0 i q.
Proof.
  intros Hi Hin. destruct (D_open q Hin) as [d [Hd HD]].
  assert (E1 := u_gradient 0 q i ltac:(lra) Hin Hi). assert (E2 := u0_gradient q i Hin Hi).
  apply is_derive_unique in E1. apply is_derive_unique in E2. rewrite <- E1, <- E2. apply Derive_ext_loc.
  exists (mkposreal d Hd). intros s Hs. apply u_initial, HD, near_upd; easy.
Qed.

Lemma gradient_equation i t q : (i < n)%nat -> 0 < t < T -> D q ->
  vt i t q + Hq i q (fun k => v k t q) + sum n (fun j => dv i j t q * Hp j q (fun k => v k t q)) = 0.
Proof.
  intros Hi Ht Hin. destruct (D_open q Hin) as [d0 [Hd0 HD]].
  set (d := Rmin d0 (Rmin t (T - t))).
  assert (Hd : 0 < d /\ d <= d0 /\ d <= t /\ d <= T - t) by (unfold d, Rmin; repeat destruct Rle_dec; lra).
  assert (HDn : forall r, Rabs (r - q i) < d -> D (upd q i r)).
  { intros r Hr. apply HD, near_upd; [easy | lra]. }
  (* d/dq_i u_t = v_t *)
  assert (M : is_derive (fun r => ut t (upd q i r)) (q i) (vt i t q)).
  { apply is_derive_eq with (vt i t (upd q i (q i))); [|now rewrite upd_self].
    apply (mixed_derivative (fun s r => u s (upd q i r)) (fun s r => v i s (upd q i r)) (fun s r => vt i s (upd q i r))
      (fun r => ut t (upd q i r)) t (q i) d (proj1 Hd)).
    - intros s r Hs Hr. assert (Hs' : 0 < s < T) by (split_Rabs; lra). split.
      + apply u_line; [lra | now apply HDn | easy].
      + destruct (v_C1 i Hi) as (_ & _ & _ & _ & Hdv). apply (proj1 (Hdv s (upd q i r) Hs' (HDn r Hr))).
    - intros e He. rewrite upd_self. destruct (v_C1 i Hi) as (_ & _ & Cv & _).
      destruct (Cv t q ltac:(lra) Hin e He) as [c [Hc Hce]].
      exists (Rmin c d). assert (Hmin := conj (Rmin_l c d) (Rmin_r c d)). split; [apply Rmin_pos; lra|]. intros s r Hs Hr.
      apply Hce; [split_Rabs; lra | lra | apply HDn; lra | apply near_upd; lra].
    - intros r Hr. apply (proj1 (u_equation t (upd q i r) Ht (HDn r Hr))). }
  (* the same derivative of -H(q, v) *)
  assert (N : is_derive (fun r => ut t (upd q i r)) (q i)
     (- (sum n (fun j => Hq j q (fun k => v k t q) * basis i j) + sum n (fun j => Hp j q (fun k => v k t q) * dv j i t q)))).
  { apply is_derive_ext_loc with (fun r => - H (upd q i r) (fun k => v k t (upd q i r))).
    { exists (mkposreal d (proj1 Hd)). intros r Hr. assert (E := proj2 (u_equation t (upd q i r) Ht (HDn r Hr))). lra. }
    apply (is_derive_opp (fun r => H (upd q i r) (fun k => v k t (upd q i r)))).
    assert (E := C1_chain_rule n D H Hq Hp (fun r => upd q i r) (fun r k => v k t (upd q i r)) (basis i) (fun j => dv j i t q) (q i)
      D_open H_C1). cbv beta in E. rewrite upd_self in E. apply E; [easy | |].
    - intros j Hj. apply (is_derive_upd q i j (q i)).
    - intros j Hj. assert (F := v_line j i t q (q i) Ht). rewrite upd_self in F. now apply F. }
  apply is_derive_unique in M. apply is_derive_unique in N. rewrite M in N. rewrite sum_basis in N by easy.
  rewrite (sum_ext n (fun j => dv i j t q * _) (fun j => Hp j q (fun k => v k t q) * dv j i t q)); [lra|].
  intros j Hj. rewrite (hessian_symmetric i j t q Ht Hin Hi Hj). ring.
Qed.
End Gradient.

Theorem solution_gradient (n : nat) (T : R) (D : vec -> Prop) (H : vec -> vec -> R) (Hq Hp : nat -> vec -> vec -> R)
    (u0 : vec -> R) (v0 : nat -> vec -> R) :
  0 < T -> open_set n D -> C1 n D H Hq Hp ->
  (forall q i, D q -> (i < n)%nat -> is_derive (fun s => u0 (upd q i s)) (q i) (v0 i q)) ->
  (exists u, C2_solution n T D H u0 u) -> exists v, classical_solution n T D Hq Hp v0 v.
Proof.
  intros HT HD HH Hu0 [u (ut & v & vt & dv & Hext & Hg & Hv & Hi & He)]. exists v, vt, dv. split; [easy | split].
  - intros i q Hin HDq. now apply (gradient_initial n T HT D HD u0 v0 Hu0 u v Hg Hi).
  - intros i t q Hin Ht HDq. now apply (gradient_equation n T D HD H Hq Hp HH u ut v vt dv Hext Hg Hv He).
Qed.

(* H, Hq, ..., Hpp: a Hamiltonian of class C^2 and its derivatives; u0, v0 = grad u0, U = Hess u0 at the point q(0). *)
Theorem no_C2_solution_past_focal_time (n : nat) (tau T : R) (D : vec -> Prop) (H : vec -> vec -> R)
    (Hq Hp : nat -> vec -> vec -> R) (Hqq Hqp Hpq Hpp : field2) (u0 : vec -> R) (v0 : nat -> vec -> R)
    (q p : R -> vec) (U : mat) (Q P : R -> mat) :
  0 < tau < T -> open_set n D ->
  C1 n D H Hq Hp -> hamiltonian_C2 n D Hq Hp Hqq Hqp Hpq Hpp ->
  (forall q i, D q -> (i < n)%nat -> is_derive (fun s => u0 (upd q i s)) (q i) (v0 i q)) ->
  differentiable_at n v0 (q 0) U ->
  characteristic n tau D Hq Hp q p -> (forall i, (i < n)%nat -> p 0 i = v0 i (q 0)) ->
  linearized n tau Hqq Hqp Hpq Hpp q p U Q P ->
  singular n (Q tau) ->
  ~ exists u, C2_solution n T D H u0 u.
Proof.
  intros Ht HD HH HH2 Hu0 HU Hqp0 Hp0 HQP Hs Hu.
  apply (no_solution_past_focal_time n tau T Ht D HD Hq Hp Hqq Hqp Hpq Hpp HH2 v0 q p Hqp0 Hp0 U HU Q P HQP Hs).
  apply (solution_gradient n T D H Hq Hp u0 v0); try easy. lra.
Qed.
Print Assumptions no_C2_solution_past_focal_time.
