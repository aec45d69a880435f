(* No classical solution of a Hamilton-Jacobi equation lives past a focal time.

   u_t + H(q, grad u) = 0, u(0, q) = u0(q), with u of class C^2 on [0, T) x D: then v = grad u is of class C^1 and solves

     v_t + H_q(q, v) + (Dv) H_p(q, v) = 0,   v(0, q) = v0(q).                                  (1)

   Let (q, p) be the characteristic from a point q(0) with p(0) = v0(q(0)), and (Q, P) the linearized flow along it with
   Q(0) = I, P(0) = Dv0(q(0)). If Q is singular at a time tau < T, then (1) has no solution of class C^1 on [0, T) x D.
   D is an open set of R^n, H is C^2 on D x R^n.

   Proof: let Q(tau) w = 0 with w <> 0, and compare v with the linearized flow: e(t) = p + h P w - v(t, q + h Q w) satisfies
   |e'| <= k |e| + o(h), e(0) = o(h), so e = o(h) by Gronwall. At tau it is p + h P w - v(tau, q), so P w = 0 too, and w = 0. *)
From Coq Require Import Reals Lra Lia Psatz.
From Coquelicot Require Import Coquelicot.
From Caustic Require Import Segment Vector Gronwall Matrix Linear Smooth Characteristic.
Open Scope R_scope.

(* v solves (1); v i is its i-th component *)
Definition classical_solution (n : nat) (T : R) (D : vec -> Prop) (Hq Hp : nat -> vec -> vec -> R)
    (v0 : nat -> vec -> R) (v : nat -> R -> vec -> R) : Prop :=
  exists (vt : nat -> R -> vec -> R) (dv : nat -> nat -> R -> vec -> R),
    (forall i, (i < n)%nat -> C1_strip n T D (v i) (vt i) (dv i)) /\
    (forall i q, (i < n)%nat -> D q -> v i 0 q = v0 i q) /\
    forall i t q, (i < n)%nat -> 0 < t < T -> D q ->
      vt i t q + Hq i q (fun k => v k t q) + sum n (fun j => dv i j t q * Hp j q (fun k => v k t q)) = 0.

(* v0 is differentiable at x, with the Jacobian matrix U *)
Definition differentiable_at (n : nat) (v0 : nat -> vec -> R) (x : vec) (U : mat) : Prop :=
  forall e, 0 < e -> exists d, 0 < d /\ forall y, near n x d y -> forall i, (i < n)%nat ->
    Rabs (v0 i y - v0 i x - sum n (fun j => U i j * (y j - x j))) <= e * sum n (fun j => Rabs (y j - x j)).

Section Focal.
Variable n : nat.
Variables tau T : R.
Hypothesis Htau : 0 < tau < T.
Variable D : vec -> Prop.
Hypothesis D_open : open_set n D.
Variables Hq Hp : nat -> vec -> vec -> R.
Variables Hqq Hqp Hpq Hpp : field2.
Hypothesis H_C2 : hamiltonian_C2 n D Hq Hp Hqq Hqp Hpq Hpp.
Variable v0 : nat -> vec -> R.
Variables q p : R -> vec.
Hypothesis qp : characteristic n tau D Hq Hp q p.
Hypothesis p0 : forall i, (i < n)%nat -> p 0 i = v0 i (q 0).
Variable U : mat.
Hypothesis v0_derivative : differentiable_at n v0 (q 0) U.
Variables Q P : R -> mat.
Hypothesis QP : linearized n tau Hqq Hqp Hpq Hpp q p U Q P.

Section Solution.
Variables v vt : nat -> R -> vec -> R.
Variable dv : nat -> nat -> R -> vec -> R.
Hypothesis v_C1 : forall i, (i < n)%nat -> C1_strip n T D (v i) (vt i) (dv i).
Hypothesis v_initial : forall i x, (i < n)%nat -> D x -> v i 0 x = v0 i x.
Hypothesis v_equation : forall i t x, (i < n)%nat -> 0 < t < T -> D x ->
  vt i t x + Hq i x (fun k => v k t x) + sum n (fun j => dv i j t x * Hp j x (fun k => v k t x)) = 0.

(* Near the curve, D and a bound for Dv. *)
Lemma dv_bound : exists d, 0 < d /\ forall t, 0 <= t <= tau -> forall y, near n (q t) d y ->
  D y /\ forall i j, (i < n)%nat -> (j < n)%nat -> Rabs (dv i j t y) <= / d.
Proof.
  apply segment_uniform.
  { intros t d d' Hd H y Hy. destruct (H y) as [Hy1 Hy2]; [now apply near_le with d'|]. split; [easy|].
    intros i j Hi Hj. apply Rle_trans with (1 := Hy2 i j Hi Hj). apply Rinv_le_contravar; lra. }
  intros t Ht. destruct (qp t Ht) as [Hin _]. destruct (D_open _ Hin) as [d0 [Hd0 HD]].
  set (m := 1 + sum n (fun i => sum n (fun j => Rabs (dv i j t (q t))))).
  assert (Hrow : forall i, 0 <= sum n (fun j => Rabs (dv i j t (q t)))) by (intro; apply sum_ge_0; intros; apply Rabs_pos).
  assert (Hm : 0 < m) by (assert (H := sum_ge_0 n _ (fun i _ => Hrow i)); unfold m; lra).
  destruct (common_tolerance (fun i d => forall j, (j < n)%nat -> forall s y, 0 <= s < T -> Rabs (s - t) < d -> D y ->
     near n (q t) d y -> Rabs (dv i j s y) <= m) n) as [d1 [Hd1 H1]].
  { intros i d d' Hd H j Hj s y Hs Hst Hy Hny. apply H; try easy; [lra | now apply near_le with d']. }
  { intros i Hi. destruct (v_C1 i Hi) as (_ & _ & _ & Cv & _).
    apply (common_tolerance (fun j d => forall s y, 0 <= s < T -> Rabs (s - t) < d -> D y ->
      near n (q t) d y -> Rabs (dv i j s y) <= m)).
    { intros j d d' Hd H s y Hs Hst Hy Hny. apply H; try easy; [lra | now apply near_le with d']. }
    intros j Hj. destruct (Cv j Hj t (q t) ltac:(lra) Hin 1 Rlt_0_1) as [d [Hd H]].
    exists d. split; [easy|]. intros s y Hs Hst Hy Hny. specialize (H s y Hs Hst Hy Hny).
    assert (B1 := sum_ge_term n (fun i => sum n (fun j => Rabs (dv i j t (q t)))) i (fun i _ => Hrow i) Hi).
    assert (B2 := sum_ge_term n (fun j => Rabs (dv i j t (q t))) j (fun j _ => Rabs_pos _) Hj).
    cbv beta in B1, B2. unfold m. split_Rabs; lra. }
  set (d := Rmin (Rmin (d0 / 2) (d1 / 2)) (/ m)).
  assert (Him := Rinv_0_lt_compat m Hm).
  assert (Hd : 0 < d /\ d <= d0 / 2 /\ d <= d1 / 2 /\ d <= / m) by (unfold d, Rmin; repeat destruct Rle_dec; lra).
  destruct (qp_near n tau D D_open Hq Hp q p qp t d Ht (proj1 Hd)) as [a [Ha Na]].
  exists (Rmin a d). split; [apply Rmin_pos; lra|]. intros s Hs Hst y Hy.
  assert (Hmin := conj (Rmin_l a d) (Rmin_r a d)).
  destruct (Na s) as (_ & Hqs & _); [lra|].
  assert (Hy2 : near n (q t) (2 * d) y) by (apply near_trans with (q s); [easy | apply near_le with (2 := Hy); lra]).
  assert (HDy : D y) by (apply HD, near_le with (2 := Hy2); lra).
  split; [easy|]. intros i j Hi Hj. apply Rle_trans with m.
  - apply (H1 i Hi j Hj); try easy; [lra | lra | apply near_le with (2 := Hy2); lra].
  - rewrite <- (Rinv_inv m). apply Rinv_le_contravar; [apply Rmin_pos; lra | lra].
Qed.

Variable w : vec.
Let x t := apply n (Q t) w.
Let y t := apply n (P t) w.

(* The curve q + h Q w beside the characteristic, and the error e of p + h P w as the value of v there. Times before 0,
   where v may be anything, are replaced by 0. *)
Let curve h t : vec := fun j => q t j + h * x t j.
Let clamped t := Rmax 0 t.
Let err h i t := p (clamped t) i + h * y (clamped t) i - v i (clamped t) (curve h (clamped t)).

Lemma curve_derivative h t j : 0 <= t <= tau -> (j < n)%nat ->
  is_derive (fun s => curve h s j) t
    (Hp j (q t) (p t) + h * (apply n (along Hpq q p t) (x t) j + apply n (along Hpp q p t) (y t) j)).
Proof.
  intros Ht Hj. apply (is_derive_plus (fun s => q s j) (fun s => h * x s j)).
  - apply (proj1 (proj2 (qp t Ht) j Hj)).
  - apply (is_derive_scal (fun s => x s j)). exact (Qw_derivative n tau Hqq Hqp Hpq Hpp q p U Q P QP w t j Ht Hj).
Qed.
Lemma value_derivative h t i : 0 <= t <= tau -> (i < n)%nat ->
  is_derive (fun s => p s i + h * y s i) t
    (- Hq i (q t) (p t) + h * - (apply n (along Hqq q p t) (x t) i + apply n (along Hqp q p t) (y t) i)).
Proof.
  intros Ht Hi. apply (is_derive_plus (fun s => p s i) (fun s => h * y s i)).
  - apply (proj2 (proj2 (qp t Ht) i Hi)).
  - apply (is_derive_scal (fun s => y s i)). exact (Pw_derivative n tau Hqq Hqp Hpq Hpp q p U Q P QP w t i Ht Hi).
Qed.

Lemma err_derivative h t i : 0 < t < tau -> (i < n)%nat -> D (curve h t) ->
  is_derive (err h i) t
    (- Hq i (q t) (p t) + h * - (apply n (along Hqq q p t) (x t) i + apply n (along Hqp q p t) (y t) i)
     - (vt i t (curve h t) + sum n (fun j => dv i j t (curve h t) *
         (Hp j (q t) (p t) + h * (apply n (along Hpq q p t) (x t) j + apply n (along Hpp q p t) (y t) j))))).
Proof.
  intros Ht Hi Hin.
  apply is_derive_ext_loc with (fun s => p s i + h * y s i - v i s (curve h s)).
  { exists (mkposreal t (proj1 Ht)). intros s Hs. change (Rabs (s - t) < t) in Hs. unfold err, clamped.
    rewrite Rmax_right; [easy | split_Rabs; lra]. }
  apply (is_derive_minus (fun s => p s i + h * y s i) (fun s => v i s (curve h s))).
  - apply value_derivative; [lra | easy].
  - apply (chain_rule n T D (v i) (vt i) (dv i) (curve h)); auto; [lra|].
    intros j Hj. apply curve_derivative; [lra | easy].
Qed.

Lemma clamped_near t s : 0 <= t -> Rabs (clamped s - t) <= Rabs (s - t).
Proof. intro Ht. unfold clamped, Rmax. destruct Rle_dec; split_Rabs; lra. Qed.
Lemma clamped_continuous (f : R -> R) t : 0 <= t -> continuous f t -> continuous (fun s => f (clamped s)) t.
Proof.
  intros Ht Hf. apply continuous_tolerance. intros e He.
  destruct (proj1 (continuous_tolerance f t) Hf e He) as [d [Hd H]]. exists d. split; [easy|]. intros s Hs.
  assert (E : clamped t = t) by (unfold clamped; now apply Rmax_right). rewrite E. apply H.
  apply Rle_lt_trans with (2 := Hs). now apply clamped_near.
Qed.

Lemma err_continuous h t i : 0 <= t <= tau -> (i < n)%nat -> D (curve h t) -> continuous (err h i) t.
Proof.
  intros Ht Hi Hin.
  apply (continuous_minus (fun s => p (clamped s) i + h * y (clamped s) i) (fun s => v i (clamped s) (curve h (clamped s)))).
  { apply (clamped_continuous (fun s => p s i + h * y s i)); [lra|].
    apply (ex_derive_continuous (fun s => p s i + h * y s i)). eexists. exact (value_derivative h t i Ht Hi). }
  apply continuous_tolerance. intros e He.
  assert (E : clamped t = t) by (apply Rmax_right; lra). rewrite E.
  destruct (v_C1 i Hi) as (_ & Cv & _). destruct (Cv t (curve h t) ltac:(lra) Hin e He) as [d [Hd H]].
  destruct (D_open _ Hin) as [d0 [Hd0 HD]].
  destruct (near_curve n (curve h) t) with (d := Rmin d d0) as [a [Ha Na]]; [|now apply Rmin_pos|].
  { intros j Hj. apply (ex_derive_continuous (fun s => curve h s j)). eexists. exact (curve_derivative h t j Ht Hj). }
  set (b := Rmin (Rmin a d) (T - t)).
  assert (Hb : 0 < b /\ b <= a /\ b <= d /\ b <= T - t) by (unfold b, Rmin; repeat destruct Rle_dec; lra).
  exists b. split; [easy|]. intros s Hs.
  assert (Hc := clamped_near t s (proj1 Ht)). assert (Hs0 : 0 <= clamped s) by apply Rmax_l.
  assert (Hn := Na (clamped s) ltac:(lra)).
  apply H; [split; [easy | split_Rabs; lra] | lra | apply HD, near_le with (2 := Hn), Rmin_r | apply near_le with (2 := Hn), Rmin_l].
Qed.

(* What G in {Hq i, Hp j} changes from (q, p) to (q + h x, v there), less its linear part in h: small, but for the error. *)
Lemma linear_part (G : vec -> vec -> R) (Gq Gp : nat -> vec -> vec -> R) e d k X h t :
  (forall q' p', near n (q t) d q' -> near n (p t) d p' ->
    Rabs (G q' p' - G (q t) (p t) - sum n (fun j => Gq j (q t) (p t) * (q' j - q t j))
                                  - sum n (fun j => Gp j (q t) (p t) * (p' j - p t j)))
    <= e * (sum n (fun j => Rabs (q' j - q t j)) + sum n (fun j => Rabs (p' j - p t j)))) ->
  (forall j, (j < n)%nat -> Rabs (Gp j (q t) (p t)) <= k) ->
  0 < e <= 1 -> 0 < h -> h * X < d / 2 ->
  sum n (fun j => Rabs (x t j)) <= X -> sum n (fun j => Rabs (y t j)) <= X ->
  0 <= t -> (forall j, (j < n)%nat -> Rabs (err h j t) < d / 2) ->
  Rabs (G (curve h t) (fun j => v j t (curve h t)) - G (q t) (p t)
        - h * (sum n (fun j => Gq j (q t) (p t) * x t j) + sum n (fun j => Gp j (q t) (p t) * y t j)))
  <= 2 * X * e * h + (1 + k) * sum n (fun j => Rabs (err h j t)).
Proof.
  intros Hstrict Hk He Hh HhX Hx Hy Ht Herr.
  assert (Ev : forall j, (j < n)%nat -> v j t (curve h t) - p t j = h * y t j - err h j t).
  { intros j Hj. unfold err, clamped. rewrite Rmax_right by easy. ring. }
  set (S := sum n (fun j => Rabs (err h j t))).
  assert (Hterm : forall z, sum n (fun j => Rabs (z j)) <= X -> forall j, (j < n)%nat -> Rabs (h * z j) <= h * X).
  { intros z Hz j Hj. rewrite Rabs_mult, (Rabs_pos_eq h) by lra. apply Rmult_le_compat_l; [lra|].
    apply Rle_trans with (2 := Hz). apply (sum_ge_term n (fun j => Rabs (z j))); [intros; apply Rabs_pos | easy]. }
  assert (Bq : sum n (fun j => Rabs (curve h t j - q t j)) <= h * X).
  { apply Rle_trans with (h * sum n (fun j => Rabs (x t j))); [|apply Rmult_le_compat_l; lra]. rewrite <- sum_scal. apply sum_le.
    intros j Hj. unfold curve. replace (q t j + h * x t j - q t j) with (h * x t j) by ring.
    rewrite Rabs_mult, (Rabs_pos_eq h) by lra. lra. }
  assert (Bp : sum n (fun j => Rabs (v j t (curve h t) - p t j)) <= h * X + S).
  { apply Rle_trans with (h * sum n (fun j => Rabs (y t j)) + S).
    - unfold S. rewrite <- sum_scal, <- sum_plus. apply sum_le. intros j Hj. rewrite Ev by easy.
      replace (h * Rabs (y t j)) with (Rabs (h * y t j)) by (rewrite Rabs_mult, (Rabs_pos_eq h); lra). split_Rabs; lra.
    - apply Rplus_le_compat_r, Rmult_le_compat_l; lra. }
  assert (H := Hstrict (curve h t) (fun j => v j t (curve h t))).
  assert (HhX0 := Rle_trans _ _ _ (sum_ge_0 n _ (fun j _ => Rabs_pos (x t j))) Hx).
  assert (Hnq : near n (q t) d (curve h t)).
  { intros j Hj. unfold curve. replace (q t j + h * x t j - q t j) with (h * x t j) by ring.
    apply Rle_lt_trans with (1 := Hterm (x t) Hx j Hj). assert (0 <= h * X) by (apply Rmult_le_pos; lra). lra. }
  assert (Hnp : near n (p t) d (fun j => v j t (curve h t))).
  { intros j Hj. rewrite Ev by easy. specialize (Hterm (y t) Hy j Hj). specialize (Herr j Hj). split_Rabs; lra. }
  specialize (H Hnq Hnp).
  assert (Bk := sum_product_bound n (fun j => Gp j (q t) (p t)) (fun j => err h j t) k Hk). cbv beta in Bk. fold S in Bk.
  rewrite (sum_ext n (fun j => Gq j (q t) (p t) * (curve h t j - q t j)) (fun j => h * (Gq j (q t) (p t) * x t j)))
    in H by (intros; unfold curve; ring).
  rewrite (sum_ext n (fun j => Gp j (q t) (p t) * (v j t (curve h t) - p t j))
                     (fun j => h * (Gp j (q t) (p t) * y t j) - Gp j (q t) (p t) * err h j t)) in H
    by (intros j Hj; rewrite Ev by easy; ring).
  rewrite sum_minus, !sum_scal in H.
  assert (HS : 0 <= S) by (apply sum_ge_0; intros; apply Rabs_pos).
  assert (Be : e * (sum n (fun j => Rabs (curve h t j - q t j)) + sum n (fun j => Rabs (v j t (curve h t) - p t j)))
               <= 2 * X * e * h + S).
  { apply Rle_trans with (e * (h * X + (h * X + S))); [apply Rmult_le_compat_l; lra|].
    assert (e * S <= 1 * S) by (apply Rmult_le_compat_r; lra). lra. }
  set (a := sum n (fun j => Gp j (q t) (p t) * err h j t)) in *. split_Rabs; lra.
Qed.

(* G is a first derivative of H, with its own derivatives *)
Definition one_of (G : vec -> vec -> R) (Gq Gp : nat -> vec -> vec -> R) : Prop :=
  exists j, (j < n)%nat /\ (G = Hq j /\ Gq = Hqq j /\ Gp = Hqp j \/ G = Hp j /\ Gq = Hpq j /\ Gp = Hpp j).

Lemma err_rate e d V k X h t i :
  (forall G Gq Gp, one_of G Gq Gp ->
    (forall q' p', near n (q t) d q' -> near n (p t) d p' ->
      Rabs (G q' p' - G (q t) (p t) - sum n (fun j => Gq j (q t) (p t) * (q' j - q t j))
                                    - sum n (fun j => Gp j (q t) (p t) * (p' j - p t j)))
      <= e * (sum n (fun j => Rabs (q' j - q t j)) + sum n (fun j => Rabs (p' j - p t j)))) /\
    forall j, (j < n)%nat -> Rabs (Gp j (q t) (p t)) <= k) ->
  (forall j, (j < n)%nat -> Rabs (dv i j t (curve h t)) <= V) ->
  0 < e <= 1 -> 0 < h -> h * X < d / 2 ->
  sum n (fun j => Rabs (x t j)) <= X -> sum n (fun j => Rabs (y t j)) <= X ->
  0 < t < tau -> (i < n)%nat -> D (curve h t) -> (forall j, (j < n)%nat -> Rabs (err h j t) < d / 2) ->
  exists l, is_derive (err h i) t l /\
    Rabs l <= (1 + INR n * V) * (1 + k) * sum n (fun j => Rabs (err h j t)) + (1 + INR n * V) * (2 * X) * (e * h).
Proof.
  intros HG HV He Hh HhX Hx Hy Ht Hi Hin Herr.
  set (B := 2 * X * e * h + (1 + k) * sum n (fun j => Rabs (err h j t))).
  set (vq := fun j => v j t (curve h t)).
  set (low := Hq i (curve h t) vq - Hq i (q t) (p t)
              - h * (sum n (fun j => Hqq i j (q t) (p t) * x t j) + sum n (fun j => Hqp i j (q t) (p t) * y t j))).
  set (high := fun j => Hp j (curve h t) vq - Hp j (q t) (p t)
              - h * (sum n (fun l => Hpq j l (q t) (p t) * x t l) + sum n (fun l => Hpp j l (q t) (p t) * y t l))).
  assert (Blow : Rabs low <= B).
  { destruct (HG (Hq i) (Hqq i) (Hqp i)) as [H1 H2]; [exists i; tauto|].
    apply (linear_part (Hq i) (Hqq i) (Hqp i) e d k X h t); auto; lra. }
  assert (Bhigh : forall j, (j < n)%nat -> Rabs (high j) <= B).
  { intros j Hj. destruct (HG (Hp j) (Hpq j) (Hpp j)) as [H1 H2]; [exists j; tauto|].
    apply (linear_part (Hp j) (Hpq j) (Hpp j) e d k X h t); auto; lra. }
  exists (low + sum n (fun j => dv i j t (curve h t) * high j)). split.
  - eapply is_derive_eq; [now apply err_derivative|].
    assert (E := v_equation i t (curve h t) Hi ltac:(lra) Hin). fold vq in E.
    rewrite (sum_ext n (fun j => dv i j t (curve h t) * high j)
      (fun j => dv i j t (curve h t) * Hp j (curve h t) vq
        - dv i j t (curve h t) * (Hp j (q t) (p t) + h * (apply n (along Hpq q p t) (x t) j + apply n (along Hpp q p t) (y t) j)))).
    + rewrite sum_minus. unfold low.
      change (sum n (fun j => Hqq i j (q t) (p t) * x t j)) with (apply n (along Hqq q p t) (x t) i).
      change (sum n (fun j => Hqp i j (q t) (p t) * y t j)) with (apply n (along Hqp q p t) (y t) i). lra.
    + intros j Hj. unfold high.
      change (sum n (fun l => Hpq j l (q t) (p t) * x t l)) with (apply n (along Hpq q p t) (x t) j).
      change (sum n (fun l => Hpp j l (q t) (p t) * y t l)) with (apply n (along Hpp q p t) (y t) j). ring.
  - apply Rle_trans with (1 := Rabs_triang _ _).
    assert (HB : 0 <= B) by (apply Rle_trans with (2 := Blow); apply Rabs_pos).
    assert (Bsum := sum_product_bound n (fun j => dv i j t (curve h t)) high V HV).
    assert (Bs : sum n (fun j => Rabs (high j)) <= INR n * B) by (rewrite <- sum_const; apply sum_le; auto).
    assert (HV0 : 0 <= V) by (apply Rle_trans with (2 := HV i Hi); apply Rabs_pos).
    apply (Rmult_le_compat_l V) in Bs; [|easy]. unfold B in *. lra.
Qed.

Lemma strict_all e : 0 < e -> exists d, 0 < d /\ forall t, 0 <= t <= tau -> forall G Gq Gp, one_of G Gq Gp ->
  forall q' p', near n (q t) d q' -> near n (p t) d p' ->
    Rabs (G q' p' - G (q t) (p t) - sum n (fun j => Gq j (q t) (p t) * (q' j - q t j))
                                  - sum n (fun j => Gp j (q t) (p t) * (p' j - p t j)))
    <= e * (sum n (fun j => Rabs (q' j - q t j)) + sum n (fun j => Rabs (p' j - p t j))).
Proof.
  intro He.
  destruct (common_tolerance (fun j d => forall G Gq Gp,
      (G = Hq j /\ Gq = Hqq j /\ Gp = Hqp j \/ G = Hp j /\ Gq = Hpq j /\ Gp = Hpp j) ->
      forall t, 0 <= t <= tau -> forall q' p', near n (q t) d q' -> near n (p t) d p' ->
      Rabs (G q' p' - G (q t) (p t) - sum n (fun j => Gq j (q t) (p t) * (q' j - q t j))
                                    - sum n (fun j => Gp j (q t) (p t) * (p' j - p t j)))
      <= e * (sum n (fun j => Rabs (q' j - q t j)) + sum n (fun j => Rabs (p' j - p t j)))) n) as [d [Hd H]].
  - intros j d d' Hd H G Gq Gp HG t Ht q' p' Hq' Hp'. apply (H G Gq Gp HG t Ht); now apply near_le with d'.
  - intros j Hj. destruct (H_C2 j Hj) as [H1 H2].
    destruct (strict_along n tau D D_open Hq Hp q p qp (Hq j) (Hqq j) (Hqp j) H1 e He) as [a [Ha Sa]].
    destruct (strict_along n tau D D_open Hq Hp q p qp (Hp j) (Hpq j) (Hpp j) H2 e He) as [b [Hb Sb]].
    assert (Hm := conj (Rmin_l a b) (Rmin_r a b)).
    exists (Rmin a b). split; [now apply Rmin_pos|].
    intros G Gq Gp [(-> & -> & ->)|(-> & -> & ->)] t Ht q' p' Hq' Hp'; [apply (Sa t Ht) | apply (Sb t Ht)];
      apply near_le with (Rmin a b); tauto.
  - exists d. split; [easy|]. intros t Ht G Gq Gp [j [Hj HG]]. now apply (H j Hj).
Qed.
Lemma k_all : exists k, 0 <= k /\ forall t, 0 <= t <= tau -> forall G Gq Gp, one_of G Gq Gp ->
  forall j, (j < n)%nat -> Rabs (Gp j (q t) (p t)) <= k.
Proof.
  destruct (second_derivatives_continuous n tau D D_open Hq Hp Hqq Hqp Hpq Hpp H_C2 q p qp) as (_ & Cqp & _ & Cpp).
  destruct (bounded_matrix n tau _ Cqp) as [a [Ha Ba]]. destruct (bounded_matrix n tau _ Cpp) as [b [Hb Bb]].
  exists (a + b). split; [lra|]. intros t Ht G Gq Gp [i [Hi [(_ & _ & ->)|(_ & _ & ->)]]] j Hj.
  - specialize (Ba t i j Ht Hi Hj). unfold along in Ba. lra.
  - specialize (Bb t i j Ht Hi Hj). unfold along in Bb. lra.
Qed.
Lemma x_bound : exists X, 0 <= X /\ forall t, 0 <= t <= tau ->
  sum n (fun j => Rabs (x t j)) <= X /\ sum n (fun j => Rabs (y t j)) <= X.
Proof.
  assert (Hc : forall (z dz : R -> vec), (forall t j, 0 <= t <= tau -> (j < n)%nat -> is_derive (fun s => z s j) t (dz t j)) ->
    exists X, 0 <= X /\ forall t, 0 <= t <= tau -> sum n (fun j => Rabs (z t j)) <= X).
  { intros z dz Hz. destruct (bounded_on_segment (fun t => sum n (fun j => Rabs (z t j))) tau) as [X [HX B]].
    - intros t Ht. apply (continuous_sum n (fun j s => Rabs (z s j))). intros j Hj.
      apply (continuous_comp (fun s => z s j) Rabs); [|apply continuous_Rabs].
      apply (ex_derive_continuous (fun s => z s j)). eexists. exact (Hz t j Ht Hj).
    - exists X. split; [easy|]. intros t Ht. apply Rle_trans with (2 := B t Ht), Rle_abs. }
  destruct (Hc x _ (Qw_derivative n tau Hqq Hqp Hpq Hpp q p U Q P QP w)) as [a [Ha Ba]].
  destruct (Hc y _ (Pw_derivative n tau Hqq Hqp Hpq Hpp q p U Q P QP w)) as [b [Hb Bb]].
  exists (a + b). split; [lra|]. intros t Ht. specialize (Ba t Ht). specialize (Bb t Ht). lra.
Qed.

Lemma err_initial e d h i : (forall z, near n (q 0) d z -> forall i, (i < n)%nat ->
    Rabs (v0 i z - v0 i (q 0) - sum n (fun j => U i j * (z j - q 0 j))) <= e * sum n (fun j => Rabs (z j - q 0 j))) ->
  0 < e -> 0 < h -> D (curve h 0) -> (forall j, (j < n)%nat -> h * Rabs (w j) < d) -> (i < n)%nat ->
  Rabs (err h i 0) <= e * h * sum n (fun j => Rabs (w j)).
Proof.
  intros H He Hh Hin Hd Hi. destruct QP as (_ & _ & Q0 & P0).
  assert (Ex : forall j, (j < n)%nat -> curve h 0 j - q 0 j = h * w j).
  { intros j Hj. unfold curve, x. rewrite (apply_ext n _ identity w w) by (auto using agree_refl; intros; now apply Q0).
    unfold identity. rewrite apply_diagonal by easy. ring. }
  assert (Hn : near n (q 0) d (curve h 0)).
  { intros j Hj. rewrite Ex by easy. rewrite Rabs_mult, (Rabs_pos_eq h) by lra. now apply Hd. }
  specialize (H _ Hn i Hi).
  rewrite (sum_ext n (fun j => U i j * (curve h 0 j - q 0 j)) (fun j => h * (U i j * w j))), sum_scal in H
    by (intros; rewrite Ex by easy; ring).
  rewrite (sum_ext n (fun j => Rabs (curve h 0 j - q 0 j)) (fun j => h * Rabs (w j))), sum_scal in H
    by (intros; rewrite Ex by easy; rewrite Rabs_mult, (Rabs_pos_eq h) by lra; ring).
  unfold err, clamped. rewrite Rmax_right, v_initial, p0 by (easy || lra).
  unfold y. rewrite (apply_ext n (P 0) U w w) by (auto using agree_refl; intros; now apply P0).
  change (apply n U w i) with (sum n (fun j => U i j * w j)). split_Rabs; lra.
Qed.

Lemma err_small : exists C, 0 < C /\ forall e, 0 < e <= 1 -> exists h0, 0 < h0 /\ forall h, 0 < h < h0 ->
  forall i, (i < n)%nat -> Rabs (err h i tau) <= C * (e * h).
Proof.
  destruct dv_bound as [d0 [Hd0 Hdv]]. destruct k_all as [k [Hk Bk]]. destruct x_bound as [X [HX BX]].
  set (W := sum n (fun j => Rabs (w j))). assert (HW : 0 <= W) by (apply sum_ge_0; intros; apply Rabs_pos).
  set (V := / d0). assert (HV : 0 < V) by now apply Rinv_0_lt_compat.
  assert (Hn := pos_INR n). assert (HnV : 0 <= INR n * V) by (apply Rmult_le_pos; lra).
  set (K := (1 + INR n * V) * (1 + k)). assert (HK : 0 <= K) by (apply Rmult_le_pos; lra).
  set (c := (1 + INR n * V) * (2 * X)).
  set (C2 := exp ((2 * K + 1) * INR n * tau) * (INR n * (W * W) + c * c * tau)).
  assert (HC2 : 0 <= C2).
  { apply Rmult_le_pos; [left; apply exp_pos|]. assert (0 <= W * W) by nra. assert (0 <= c * c) by nra.
    assert (0 <= INR n * (W * W)) by now apply Rmult_le_pos. assert (0 <= c * c * tau) by (apply Rmult_le_pos; lra). lra. }
  exists (C2 + 1). split; [lra|]. intros e He.
  destruct (strict_all e (proj1 He)) as [d1 [Hd1 H1]]. destruct (v0_derivative e (proj1 He)) as [d3 [Hd3 H3]].
  set (r := Rmin (Rmin d0 (d1 / 2)) d3).
  assert (Hr : 0 < r /\ r <= d0 /\ r <= d1 / 2 /\ r <= d3) by (unfold r, Rmin; repeat destruct Rle_dec; lra).
  set (L := X + W + C2 + 2). assert (HL : 0 < L) by (unfold L; lra).
  exists (r / L). split; [apply Rdiv_lt_0_compat; lra|]. intros h Hh.
  assert (HhL : h * L < r).
  { apply Rlt_le_trans with (r / L * L); [apply Rmult_lt_compat_r; lra | right; field; lra]. }
  assert (Hpart : forall a, 0 <= a -> a <= L -> h * a < r).
  { intros a Ha HaL. apply Rle_lt_trans with (2 := HhL). apply Rmult_le_compat_l; lra. }
  assert (Hcurve : forall t, 0 <= t <= tau -> near n (q t) d0 (curve h t)).
  { intros t Ht j Hj. unfold curve. replace (q t j + h * x t j - q t j) with (h * x t j) by ring.
    rewrite Rabs_mult, (Rabs_pos_eq h) by lra. apply Rle_lt_trans with (h * X).
    - apply Rmult_le_compat_l; [lra|]. apply Rle_trans with (2 := proj1 (BX t Ht)).
      apply (sum_ge_term n (fun j => Rabs (x t j))); [intros; apply Rabs_pos | easy].
    - apply Rlt_le_trans with r; [apply Hpart; unfold L|]; lra. }
  assert (HD : forall t, 0 <= t <= tau -> D (curve h t)) by (intros t Ht; now apply (Hdv t Ht), Hcurve).
  set (g := fun t => sum n (fun i => err h i t * err h i t)).
  assert (Hsmall : C2 * (e * h * (e * h)) < d1 / 2 * (d1 / 2)).
  { assert (HC : h * (C2 + 1) < d1 / 2) by (apply Rlt_le_trans with r; [apply Hpart; unfold L|]; lra).
    assert (Hh0 : 0 < h * (C2 + 1)) by (apply Rmult_lt_0_compat; lra).
    assert (Hee : e * e <= 1) by nra. assert (Hhh : 0 <= h * h) by nra.
    apply Rle_lt_trans with (h * (C2 + 1) * (h * (C2 + 1))); [|nra].
    replace (C2 * (e * h * (e * h))) with (C2 * (e * e) * (h * h)) by ring.
    replace (h * (C2 + 1) * (h * (C2 + 1))) with ((C2 + 1) * (C2 + 1) * (h * h)) by ring.
    apply Rmult_le_compat_r; [easy|]. apply Rle_trans with (C2 * 1); [apply Rmult_le_compat_l; lra | nra]. }
  assert (Hterm : forall t b i, 0 <= b -> (i < n)%nat -> g t < b * b -> Rabs (err h i t) < b).
  { intros t b i Hb Hi Hg. assert (H := sum_ge_term n (fun i => err h i t * err h i t) i (fun j _ => Rle_0_sqr _) Hi).
    cbv beta in H. fold (g t) in H. rewrite <- (Rabs_pos_eq b) by easy. apply Rsqr_lt_abs_0. unfold Rsqr. lra. }
  assert (Hg : forall t, 0 <= t <= tau -> (forall s, 0 < s < t -> g s < d1 / 2 * (d1 / 2)) -> g t <= C2 * (e * h * (e * h))).
  { intros t Ht Hs.
    assert (G := gronwall_system n (err h) (fun i s => Derive (err h i) s) t K (c * (e * h)) HK).
    specialize (fun Hc Hd => G Hc Hd t ltac:(lra)). fold (g t) in G. fold (g 0) in G.
    apply Rle_trans with (exp ((2 * K + 1) * INR n * t) * (g 0 + c * (e * h) * (c * (e * h)) * t)).
    - apply G.
      + intros i s Hi Hst. apply err_continuous; [lra | easy | apply HD; lra].
      + intros i s Hi Hst. assert (Hst' : 0 <= s <= tau) by lra.
        destruct (err_rate e d1 V k X h s i) as [l [Hl Bl]]; try easy; try lra.
        * intros F Fq Fp HF. split; [now apply (H1 s Hst' F Fq Fp) | now apply (Bk s Hst' F Fq Fp)].
        * intros j Hj. now apply (Hdv s Hst' _ (Hcurve s Hst')).
        * apply Rlt_le_trans with r; [apply Hpart; unfold L|]; lra.
        * now apply BX.
        * now apply BX.
        * now apply HD.
        * intros j Hj. apply Hterm; [lra | easy | now apply Hs].
        * split; [apply Derive_correct; now exists l|]. now rewrite (is_derive_unique _ _ _ Hl).
    - assert (B0 : g 0 <= INR n * (W * W) * (e * h * (e * h))).
      { replace (INR n * (W * W) * (e * h * (e * h))) with (INR n * (e * h * W * (e * h * W))) by ring.
        rewrite <- sum_const. apply sum_le. intros i Hi.
        assert (B := err_initial e d3 h i H3 (proj1 He) (proj1 Hh) (HD 0 ltac:(lra))). fold W in B.
        assert (B' : Rabs (err h i 0) <= e * h * W).
        { apply B; [|easy]. intros j Hj. apply Rle_lt_trans with (h * W).
          - apply Rmult_le_compat_l; [lra|]. apply (sum_ge_term n (fun j => Rabs (w j))); [intros; apply Rabs_pos | easy].
          - apply Rlt_le_trans with r; [apply Hpart; unfold L|]; lra. }
        rewrite <- (Rabs_pos_eq (err h i 0 * err h i 0)) by apply Rle_0_sqr. rewrite Rabs_mult.
        apply Rmult_le_compat; apply Rabs_pos || easy. }
      assert (Heh : 0 <= e * h * (e * h)) by apply Rle_0_sqr.
      assert (Hcc : 0 <= c * c * (e * h * (e * h))) by (apply Rmult_le_pos; [apply Rle_0_sqr | easy]).
      assert (Bc : c * (e * h) * (c * (e * h)) * t <= c * c * tau * (e * h * (e * h))).
      { replace (c * (e * h) * (c * (e * h)) * t) with (c * c * (e * h * (e * h)) * t) by ring.
        replace (c * c * tau * (e * h * (e * h))) with (c * c * (e * h * (e * h)) * tau) by ring. apply Rmult_le_compat_l; lra. }
      apply Rle_trans with (exp ((2 * K + 1) * INR n * tau) * ((INR n * (W * W) + c * c * tau) * (e * h * (e * h))));
        [|unfold C2; right; ring].
      apply Rmult_le_compat; [left; apply exp_pos| | |lra].
      + assert (0 <= g 0) by (apply sum_ge_0; intros; apply Rle_0_sqr).
        assert (0 <= c * (e * h) * (c * (e * h)) * t) by (apply Rmult_le_pos; [apply Rle_0_sqr | lra]). lra.
      + assert (Hx : (2 * K + 1) * INR n * t <= (2 * K + 1) * INR n * tau).
        { apply Rmult_le_compat_l; [apply Rmult_le_pos|]; lra. }
        destruct Hx as [Hx| ->]; [left; now apply exp_increasing | lra]. }
  assert (Hall : forall t, 0 <= t <= tau -> g t < d1 / 2 * (d1 / 2)).
  { apply stays_inside.
    - intros t Ht. apply (continuous_sum n (fun i s => err h i s * err h i s)). intros i Hi.
      apply (continuous_mult (err h i) (err h i)); apply err_continuous; auto.
    - intros t Ht Hs. apply Rle_lt_trans with (2 := Hsmall). apply Hg; [easy|]. intros s Hst. apply Hs. lra. }
  intros i Hi.
  assert (Hend : g tau < (C2 + 1) * (e * h) * ((C2 + 1) * (e * h))).
  { apply Rle_lt_trans with (C2 * (e * h * (e * h))); [apply Hg; [lra|]; intros s Hs; apply Hall; lra|].
    assert (0 < e * h * (e * h)) by (assert (0 < e * h) by (apply Rmult_lt_0_compat; lra); nra). nra. }
  left. apply Hterm; [|easy|easy]. apply Rmult_le_pos; [lra|]. apply Rmult_le_pos; lra.
Qed.
End Solution.

Theorem no_solution_past_focal_time : singular n (Q tau) -> ~ exists v, classical_solution n T D Hq Hp v0 v.
Proof.
  intros [w [[l [Hl Hw]] Hx]] [v (vt & dv & v_C1 & v_initial & v_equation)]. apply Hw.
  apply (linearized_injective n tau D D_open Hq Hp Hqq Hqp Hpq Hpp H_C2 q p qp U Q P QP w tau); [lra | exact Hx | | exact Hl].
  intros i Hi. destruct (err_small v vt dv v_C1 v_initial v_equation w) as [C [HC small]].
  set (a := p tau i - v i tau (q tau)). set (b := apply n (P tau) w i).
  assert (Hab : forall e, 0 < e <= 1 -> exists h0, 0 < h0 /\ forall h, 0 < h < h0 -> Rabs (a + h * b) <= C * (e * h)).
  { intros e He. destruct (small e He) as [h0 [Hh0 H]]. exists h0. split; [easy|]. intros h Hh. specialize (H h Hh i Hi).
    rewrite Rmax_right in H by lra.
    destruct (v_C1 i Hi) as [Hext _].
    rewrite (Hext tau _ (q tau)) in H; [unfold a, b; replace (_ + _) with (p tau i + h * apply n (P tau) w i - v i tau (q tau)) by ring; easy|].
    intros j Hj. rewrite Hx by easy. ring. }
  apply cond_eq. intros e He. rewrite Rminus_0_r.
  set (e' := Rmin 1 (e / (4 * C))).
  assert (He' : 0 < e' <= 1) by (split; [apply Rmin_pos; [lra | apply Rdiv_lt_0_compat; lra] | apply Rmin_l]).
  assert (Hec : 4 * C * e' <= e).
  { apply Rle_trans with (4 * C * (e / (4 * C))); [apply Rmult_le_compat_l; [lra | apply Rmin_r] | right; field; lra]. }
  destruct (Hab e' He') as [h0 [Hh0 H]].
  assert (Ha := H (h0 / 2) ltac:(lra)). assert (Hb := H (h0 / 4) ltac:(lra)).
  assert (Hd : h0 / 4 * Rabs b <= 3 * (h0 / 4) * (C * e')).
  { rewrite <- (Rabs_pos_eq (h0 / 4)) at 1 by lra. rewrite <- Rabs_mult.
    replace (h0 / 4 * b) with ((a + h0 / 2 * b) - (a + h0 / 4 * b)) by field. split_Rabs; lra. }
  assert (Rabs b <= 3 * (C * e')); [apply Rmult_le_reg_l with (h0 / 4); lra|].
  assert (0 < C * e') by (apply Rmult_lt_0_compat; lra). lra.
Qed.
End Focal.
Print Assumptions no_solution_past_focal_time.
