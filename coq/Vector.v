(* Vectors of R^n: functions nat -> R of which the values at 0, ..., n-1 count. Sums, scalar product, norms. *)
From Coq Require Import Reals Lra Lia Psatz.
From Coquelicot Require Import Coquelicot.
From Caustic Require Import Segment.
Open Scope R_scope.

Definition vec := nat -> R.

(* f 0 + ... + f (n-1) *)
Fixpoint sum (n : nat) (f : nat -> R) : R := match n with O => 0 | S m => sum m f + f m end.

Definition agree (n : nat) (x y : vec) : Prop := forall i, (i < n)%nat -> x i = y i.
Definition dot (n : nat) (x y : vec) : R := sum n (fun i => x i * y i).
Definition norm1 (n : nat) (x : vec) : R := sum n (fun i => Rabs (x i)).
Definition nonzero (n : nat) (x : vec) : Prop := exists i, (i < n)%nat /\ x i <> 0.

Lemma below_S (P : nat -> Prop) n : (forall i, (i < S n)%nat -> P i) -> (forall i, (i < n)%nat -> P i) /\ P n.
Proof. intro H. split; [intros; apply H; lia | apply H; lia]. Qed.

Ltac sum_induction n := induction n as [|n IH]; intros; simpl;
  repeat match goal with H : forall i, (i < S _)%nat -> _ |- _ => apply below_S in H; destruct H end.

Lemma sum_ext n f g : (forall i, (i < n)%nat -> f i = g i) -> sum n f = sum n g.
Proof. sum_induction n; [easy|]. now rewrite IH, H0. Qed.
Lemma sum_plus n f g : sum n (fun i => f i + g i) = sum n f + sum n g.
Proof. sum_induction n; [ring|]. rewrite IH. ring. Qed.
Lemma sum_minus n f g : sum n (fun i => f i - g i) = sum n f - sum n g.
Proof. sum_induction n; [ring|]. rewrite IH. ring. Qed.
Lemma sum_scal n c f : sum n (fun i => c * f i) = c * sum n f.
Proof. sum_induction n; [ring|]. rewrite IH. ring. Qed.
Lemma sum_scal_r n c f : sum n (fun i => f i * c) = sum n f * c.
Proof. sum_induction n; [ring|]. rewrite IH. ring. Qed.
Lemma sum_opp n f : sum n (fun i => - f i) = - sum n f.
Proof. sum_induction n; [ring|]. rewrite IH. ring. Qed.
Lemma sum_zero n f : (forall i, (i < n)%nat -> f i = 0) -> sum n f = 0.
Proof. sum_induction n; [easy|]. rewrite IH, H0 by easy. ring. Qed.
Lemma sum_const n c : sum n (fun _ => c) = INR n * c.
Proof. sum_induction n; [ring|]. rewrite IH. destruct n; simpl; ring. Qed.
Lemma sum_le n f g : (forall i, (i < n)%nat -> f i <= g i) -> sum n f <= sum n g.
Proof. sum_induction n; [lra|]. apply IH in H. lra. Qed.
Lemma sum_ge_0 n f : (forall i, (i < n)%nat -> 0 <= f i) -> 0 <= sum n f.
Proof. sum_induction n; [lra|]. apply IH in H. lra. Qed.
Lemma sum_Rabs n f : Rabs (sum n f) <= sum n (fun i => Rabs (f i)).
Proof.
  sum_induction n; [rewrite Rabs_R0; lra|]. assert (H := Rabs_triang (sum n f) (f n)). lra.
Qed.
Lemma sum_exchange n m (f : nat -> nat -> R) :
  sum n (fun i => sum m (fun j => f i j)) = sum m (fun j => sum n (fun i => f i j)).
Proof.
  induction n as [|n IH]; simpl; [now rewrite sum_zero|]. now rewrite IH, <- sum_plus.
Qed.

Lemma sum_ge_term n f i : (forall i, (i < n)%nat -> 0 <= f i) -> (i < n)%nat -> f i <= sum n f.
Proof.
  revert i. sum_induction n; [lia|].
  assert (H2 := sum_ge_0 n f H). destruct (Nat.eq_dec i n) as [->|Hne]; [lra|].
  assert (f i <= sum n f) by (apply IH; [easy|lia]). lra.
Qed.
Lemma sum_zero_terms n f : (forall i, (i < n)%nat -> 0 <= f i) -> sum n f <= 0 -> forall i, (i < n)%nat -> f i = 0.
Proof. intros Hp H0 i Hi. assert (H1 := sum_ge_term n f i Hp Hi). specialize (Hp i Hi). lra. Qed.

(* the i-th unit vector *)
Definition basis (i : nat) : vec := fun j => if Nat.eqb j i then 1 else 0.

Lemma basis_same i : basis i i = 1.
Proof. unfold basis. now rewrite Nat.eqb_refl. Qed.
Lemma basis_other i j : j <> i -> basis i j = 0.
Proof. unfold basis. intro H. apply Nat.eqb_neq in H. now rewrite H. Qed.
Lemma sum_basis n f i : (i < n)%nat -> sum n (fun j => f j * basis i j) = f i.
Proof.
  revert i. sum_induction n; [lia|]. destruct (Nat.eq_dec i n) as [->|Hne].
  - rewrite basis_same, sum_zero; [ring|]. intros j Hj. rewrite basis_other by lia. ring.
  - rewrite IH by lia. rewrite basis_other by lia. ring.
Qed.

Lemma dot_comm n x y : dot n x y = dot n y x.
Proof. apply sum_ext. intros. ring. Qed.
Lemma dot_self_ge_0 n x : 0 <= dot n x x.
Proof. apply sum_ge_0. intros. nra. Qed.
Lemma dot_self_zero n x : dot n x x <= 0 -> forall i, (i < n)%nat -> x i = 0.
Proof.
  intros H i Hi. assert (x i * x i = 0); [|nra].
  now apply (sum_zero_terms n (fun i => x i * x i)); [intros; nra| |].
Qed.
Lemma dot_self_pos n x : nonzero n x -> 0 < dot n x x.
Proof.
  intros [i [Hi Hx]]. apply Rnot_le_lt. intro H. apply Hx. now apply (dot_self_zero n).
Qed.
Lemma nonzero_or n x : nonzero n x \/ forall i, (i < n)%nat -> x i = 0.
Proof.
  destruct (Rle_or_lt (dot n x x) 0) as [H|H]; [right; now apply dot_self_zero | left].
  induction n as [|n IH]; unfold dot in H; simpl in H; [lra|].
  destruct (Req_dec (x n) 0) as [Hz|Hz]; [|exists n; split; [lia|easy]].
  destruct IH as [i [Hi Hx]]; [unfold dot; rewrite Hz in H; lra|]. exists i. split; [lia|easy].
Qed.

(* (|x_0| + ... + |x_{n-1}|)^2 <= n |x|^2 *)
Lemma norm1_dot n x : norm1 n x * norm1 n x <= INR n * dot n x x.
Proof.
  assert (H : forall m, sum n (fun i => (Rabs (x i) - m) * (Rabs (x i) - m)) =
                        dot n x x - 2 * m * norm1 n x + INR n * (m * m)).
  { intro m. unfold dot, norm1. rewrite <- sum_const, <- sum_scal, <- sum_minus, <- sum_plus.
    apply sum_ext. intros i _. assert (Rabs (x i) * Rabs (x i) = x i * x i) by (split_Rabs; ring). lra. }
  destruct n as [|n]; [unfold norm1; simpl; lra|].
  assert (Hn : 0 < INR (S n)) by (apply lt_0_INR; lia).
  set (m := norm1 (S n) x / INR (S n)).
  assert (Hm : norm1 (S n) x = INR (S n) * m) by (unfold m; field; lra).
  assert (H0 : 0 <= dot (S n) x x - 2 * m * norm1 (S n) x + INR (S n) * (m * m)).
  { rewrite <- H. apply sum_ge_0. intros. apply Rle_0_sqr. }
  rewrite Hm in *. replace (INR (S n) * m * (INR (S n) * m)) with (INR (S n) * (INR (S n) * (m * m))) by ring.
  apply Rmult_le_compat_l; lra.
Qed.

Lemma is_derive_sum n (f df : nat -> R -> R) t :
  (forall i, (i < n)%nat -> is_derive (f i) t (df i t)) ->
  is_derive (fun s => sum n (fun i => f i s)) t (sum n (fun i => df i t)).
Proof.
  sum_induction n; [apply @is_derive_const|].
  apply (is_derive_plus (fun s => sum n (fun i => f i s)) (f n)); [now apply IH|easy].
Qed.
Lemma continuous_sum n (f : nat -> R -> R) t :
  (forall i, (i < n)%nat -> continuous (f i) t) -> continuous (fun s => sum n (fun i => f i s)) t.
Proof.
  sum_induction n; [apply continuous_const|].
  apply (continuous_plus (fun s => sum n (fun i => f i s)) (f n)); [now apply IH|easy].
Qed.
