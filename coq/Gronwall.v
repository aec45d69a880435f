(* Gronwall's inequality, for one function and for a system:

     y' <= k y + c                      implies   y(t) <= exp(k t) (y(0) + c t),
     |e_i'| <= k (|e_1| + ... + |e_n|) + c   implies   |e(t)|^2 <= exp(K t) (|e(0)|^2 + c^2 t),  K = (2k+1) n.

   So the solution of an ordinary differential equation is unique, and depends continuously on what defines it. *)
From Coq Require Import Reals Lra Lia Psatz.
From Coquelicot Require Import Coquelicot.
From Caustic Require Import Segment Vector.
Open Scope R_scope.

Lemma is_derive_exp_lin (k t : R) : is_derive (fun s => exp (- (k * s))) t (- k * exp (- (k * t))).
Proof. auto_derive; [easy | ring]. Qed.

Lemma exp_le_1 (x : R) : x <= 0 -> exp x <= 1.
Proof.
  intro H. rewrite <- exp_0. destruct (Req_dec x 0) as [->|Hne]; [lra|]. left. apply exp_increasing. lra.
Qed.

Theorem gronwall (y dy : R -> R) (T k c : R) :
  0 <= k -> 0 <= c ->
  (forall t, 0 <= t <= T -> continuous y t) ->
  (forall t, 0 < t < T -> is_derive y t (dy t) /\ dy t <= k * y t + c) ->
  forall t, 0 <= t <= T -> y t <= exp (k * t) * (y 0 + c * t).
Proof.
  intros Hk Hc Hy Hd t Ht.
  (* w(s) = c s - y(s) exp(-k s) increases *)
  set (w := fun s => c * s - y s * exp (- (k * s))).
  assert (Hw : w 0 <= w t).
  { apply (increasing w (fun s => c - (dy s - k * y s) * exp (- (k * s)))); [lra| |].
    - intros s Hs. destruct (Hd s) as [Hds Hle]; [lra|]. split.
      + apply is_derive_eq with (c * 1 - (dy s * exp (- (k * s)) + y s * (- k * exp (- (k * s))))); [|ring].
        apply (is_derive_minus (fun s => c * s) (fun s => y s * exp (- (k * s)))).
        * auto_derive; [easy | ring].
        * apply (is_derive_mult y (fun s => exp (- (k * s)))); [easy | apply is_derive_exp_lin | exact Rmult_comm].
      + assert (He : exp (- (k * s)) <= 1) by (apply exp_le_1; nra).
        assert (Hp := exp_pos (- (k * s))). nra.
    - intros s Hs. apply (continuous_minus (fun s => c * s) (fun s => y s * exp (- (k * s)))).
      + apply (ex_derive_continuous (fun s => c * s)). auto_derive; easy.
      + apply (continuous_mult y (fun s => exp (- (k * s)))); [apply Hy; lra|].
        apply (ex_derive_continuous (fun s => exp (- (k * s)))). eexists. apply is_derive_exp_lin. }
  unfold w in Hw. rewrite !Rmult_0_r, Ropp_0, exp_0 in Hw.
  assert (Hp := exp_pos (k * t)).
  replace (y t) with (exp (k * t) * (y t * exp (- (k * t)))).
  - apply Rmult_le_compat_l; lra.
  - rewrite exp_Ropp. field. lra.
Qed.

(* The square of the norm of a family of functions. *)
Lemma is_derive_square (e : R -> R) t l : is_derive e t l -> is_derive (fun s => e s * e s) t (2 * (e t * l)).
Proof.
  intro H. apply is_derive_eq with (l * e t + e t * l); [|ring].
  apply (is_derive_mult e e); [easy | easy | exact Rmult_comm].
Qed.

Theorem gronwall_system (n : nat) (e de : nat -> R -> R) (T k c : R) :
  0 <= k ->
  (forall i t, (i < n)%nat -> 0 <= t <= T -> continuous (e i) t) ->
  (forall i t, (i < n)%nat -> 0 < t < T ->
     is_derive (e i) t (de i t) /\ Rabs (de i t) <= k * sum n (fun j => Rabs (e j t)) + c) ->
  forall t, 0 <= t <= T ->
    sum n (fun i => e i t * e i t) <= exp ((2 * k + 1) * INR n * t) * (sum n (fun i => e i 0 * e i 0) + c * c * t).
Proof.
  intros Hk Hc Hd. assert (Hn := pos_INR n).
  apply (gronwall (fun t => sum n (fun i => e i t * e i t)) (fun t => sum n (fun i => 2 * (e i t * de i t)))).
  - apply Rmult_le_pos; lra.
  - apply Rle_0_sqr.
  - intros t Ht. apply (continuous_sum n (fun i t => e i t * e i t)). intros i Hi.
    apply (continuous_mult (e i) (e i)); now apply Hc.
  - intros t Ht. split.
    { apply (is_derive_sum n (fun i s => e i s * e i s) (fun i s => 2 * (e i s * de i s))).
      intros i Hi. now apply is_derive_square, Hd. }
    set (S := norm1 n (fun j => e j t)).
    assert (HS : S * S <= INR n * sum n (fun i => e i t * e i t)) by apply norm1_dot.
    apply Rle_trans with (sum n (fun i => 2 * (k * S + c) * Rabs (e i t))).
    + apply sum_le. intros i Hi. destruct (Hd i t Hi Ht) as [_ Hb].
      apply Rle_trans with (2 * (Rabs (e i t) * Rabs (de i t))).
      * rewrite <- Rabs_mult. assert (H := Rle_abs (e i t * de i t)). lra.
      * assert (Hp := Rabs_pos (e i t)).
        apply (Rmult_le_compat_l (Rabs (e i t))) in Hb; [|easy]. unfold S, norm1. lra.
    + rewrite sum_scal. change (sum n (fun i => Rabs (e i t))) with S.
      assert (H : 0 <= (S - c) * (S - c)) by apply Rle_0_sqr.
      apply (Rmult_le_compat_l (2 * k + 1)) in HS; lra.
Qed.
Print Assumptions gronwall_system.

(* A system without forcing that starts at 0 stays there. *)
Theorem stays_zero (n : nat) (e de : nat -> R -> R) (T k : R) :
  0 <= k ->
  (forall i t, (i < n)%nat -> 0 <= t <= T -> is_derive (e i) t (de i t)) ->
  (forall i t, (i < n)%nat -> 0 <= t <= T -> Rabs (de i t) <= k * sum n (fun j => Rabs (e j t))) ->
  (forall i, (i < n)%nat -> e i 0 = 0) ->
  forall i t, (i < n)%nat -> 0 <= t <= T -> e i t = 0.
Proof.
  intros Hk Hd Hb H0 i t Hi Ht.
  assert (H := gronwall_system n e de T k 0 Hk).
  specialize (fun Hc Hx => H Hc Hx t Ht).
  rewrite (sum_zero n (fun i => e i 0 * e i 0)) in H by (intros; rewrite H0; [ring|easy]).
  rewrite Rmult_0_l, Rmult_0_l, Rplus_0_l, Rmult_0_r in H.
  apply (dot_self_zero n (fun i => e i t)); [|easy]. apply H.
  - intros j s Hj Hs. apply (ex_derive_continuous (e j)). eexists. now apply Hd.
  - intros j s Hj Hs. rewrite Rplus_0_r. split; [apply Hd | apply Hb]; lra || easy.
Qed.
