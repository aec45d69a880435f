(* The entire functions of Surface.v as Taylor models: c_j(y) = sum_n (-y)^n / (2n + j)!, of which

     Cosine = c_0,  Sine = c_1,  Quotient = c_2 - c_3,  c_j(y) = 1/j! - y c_(j+2)(y),  |c_j| <= 28/j! on [-9, 9]. *)
From Coq Require Import Reals Lra Lia ZArith List Psatz Bool.
From Coquelicot Require Import Coquelicot.
From Caustic Require Import Segment Poly Model Flat Surface.
Import ListNotations.
Open Scope R_scope.

Definition term (j n : nat) : R := (-1) ^ n / INR (fact (2 * n + j)).
(* j! c_j *)
Definition stumpff (j : nat) (y : R) : R := INR (fact j) * PSeries (term j) y.

Lemma fact_pos n : 0 < INR (fact n).
Proof. apply INR_fact_lt_0. Qed.
Lemma fact_next n j : INR (fact (2 * S n + j)) = (2 * INR n + INR j + 2) * (2 * INR n + INR j + 1) * INR (fact (2 * n + j)).
Proof.
  replace (2 * S n + j)%nat with (S (S (2 * n + j))) by lia. rewrite 2!fact_simpl, 2!mult_INR, 2!S_INR, plus_INR, mult_INR.
  simpl (INR 2). ring.
Qed.
Lemma decay j n : 18 ^ n * INR (fact j) <= 14 * INR (fact (2 * n + j)).
Proof.
  assert (Hj := pos_INR j). assert (F := fact_pos j).
  assert (P : forall a, 0 <= a -> 0 <= a * INR (fact j)) by (intros; apply Rmult_le_pos; lra).
  assert (K : forall k, 18 ^ (2 + k) * INR (fact j) <= 14 * INR (fact (2 * (2 + k) + j))).
  { induction k as [|k IH].
    - change (2 + 0)%nat with 2%nat. rewrite !fact_next. change (2 * 0 + j)%nat with j. simpl (INR 1). simpl (INR 0). simpl pow.
      assert (0 <= 14 * ((2 * 1 + INR j + 2) * (2 * 1 + INR j + 1) * ((2 * 0 + INR j + 2) * (2 * 0 + INR j + 1))) - 324) by nra.
      specialize (P _ H). lra.
    - replace (2 + S k)%nat with (S (2 + k)) by lia. rewrite fact_next. change (18 ^ S (2 + k)) with (18 * 18 ^ (2 + k)).
      assert (Hn : 2 <= INR (2 + k)) by (rewrite plus_INR; generalize (pos_INR k); simpl; lra).
      set (X := 18 ^ (2 + k)) in *. set (Y := INR (fact (2 * (2 + k) + j))) in *.
      assert (HY : 0 < Y) by apply fact_pos.
      assert (18 <= (2 * INR (2 + k) + INR j + 2) * (2 * INR (2 + k) + INR j + 1)) by nra.
      assert (18 * Y <= (2 * INR (2 + k) + INR j + 2) * (2 * INR (2 + k) + INR j + 1) * Y) by (apply Rmult_le_compat_r; lra).
      lra. }
  destruct n as [|[|n]]; [simpl; lra | | apply (K n)].
  rewrite fact_next. change (2 * 0 + j)%nat with j. simpl (INR 0). simpl pow.
  assert (0 <= 14 * ((2 * 0 + INR j + 2) * (2 * 0 + INR j + 1)) - 18) by nra. specialize (P _ H). lra.
Qed.

Section Convergence.
Variable y : R.
Hypothesis Hy : Rabs y <= 9.
Lemma term_bound j n : Rabs (term j n * y ^ n) <= 14 / INR (fact j) * (1 / 2) ^ n.
Proof.
  unfold term. assert (D := decay j n). assert (F := fact_pos j). assert (G := fact_pos (2 * n + j)).
  unfold Rdiv at 1. rewrite !Rabs_mult, pow_1_abs, Rmult_1_l, Rabs_inv, (Rabs_pos_eq (INR _)), <- RPow_abs by lra.
  assert (Rabs y ^ n <= 9 ^ n) by (apply pow_incr; split; [apply Rabs_pos | easy]).
  apply Rmult_le_reg_l with (INR (fact (2 * n + j))); [easy|]. rewrite <- Rmult_assoc, Rinv_r, Rmult_1_l by lra.
  apply Rle_trans with (1 := H). apply Rmult_le_reg_l with (INR (fact j)); [easy|].
  apply Rmult_le_reg_l with (2 ^ n); [apply pow_lt; lra|].
  replace (2 ^ n * (INR (fact j) * 9 ^ n)) with (18 ^ n * INR (fact j)).
  2: { replace 18 with (2 * 9) by ring. rewrite Rpow_mult_distr. ring. }
  apply Rle_trans with (1 := D). right. unfold Rdiv. rewrite Rmult_1_l, pow_inv. field. split; [apply pow_nonzero|]; lra.
Qed.
Lemma geometric j : ex_series (fun n => 14 / INR (fact j) * (1 / 2) ^ n) /\
  Series (fun n => 14 / INR (fact j) * (1 / 2) ^ n) = 28 / INR (fact j).
Proof.
  assert (Rabs (1 / 2) < 1) by (rewrite Rabs_pos_eq; lra). split.
  - apply (ex_series_scal (14 / INR (fact j)) (fun n => (1 / 2) ^ n)). now apply ex_series_geom.
  - rewrite Series_scal_l, Series_geom by easy. field. generalize (fact_pos j). lra.
Qed.
Lemma term_converges j : ex_pseries (term j) y.
Proof.
  apply ex_series_ext with (fun n => term j n * y ^ n); [intro n; rewrite <- (pow_n_pow y n); apply Rmult_comm|].
  apply (ex_series_le (K := R_AbsRing) (V := R_CompleteNormedModule) _ (fun n => 14 / INR (fact j) * (1 / 2) ^ n));
    [apply term_bound | apply geometric].
Qed.
Lemma stumpff_bound j : Rabs (stumpff j y) <= 28.
Proof.
  assert (F := fact_pos j). destruct (geometric j) as [G1 G2].
  assert (A : ex_series (fun n => Rabs (term j n * y ^ n))).
  { apply (ex_series_le (K := R_AbsRing) (V := R_CompleteNormedModule) _ (fun n => 14 / INR (fact j) * (1 / 2) ^ n)); [|easy].
    intro n. change (Rabs (Rabs (term j n * y ^ n)) <= 14 / INR (fact j) * (1 / 2) ^ n). rewrite Rabs_Rabsolu. apply term_bound. }
  unfold stumpff, PSeries. rewrite Rabs_mult, (Rabs_pos_eq (INR _)) by lra.
  replace 28 with (INR (fact j) * (28 / INR (fact j))) by (field; lra). apply Rmult_le_compat_l; [lra|].
  apply Rle_trans with (1 := Series_Rabs _ A). rewrite <- G2. apply Series_le; [|easy].
  intro n. split; [apply Rabs_pos | apply term_bound].
Qed.
Lemma stumpff_rec j : stumpff j y = 1 - / ((INR j + 1) * (INR j + 2)) * (y * stumpff (2 + j) y).
Proof.
  assert (F := fact_pos j). assert (Hj := pos_INR j). unfold stumpff. rewrite PSeries_decr_1 by apply term_converges.
  rewrite (PSeries_ext _ (PS_opp (term (2 + j)))).
  - rewrite PSeries_opp. replace (INR (fact (2 + j))) with ((INR j + 2) * (INR j + 1) * INR (fact j)).
    + unfold term at 1. simpl (2 * 0 + j)%nat. simpl pow. field. lra.
    + replace (2 + j)%nat with (2 * 1 + j)%nat by lia. rewrite fact_next. simpl (2 * 0 + j)%nat. simpl (INR 0). ring.
  - intro n. unfold PS_decr_1, PS_opp, term. replace (2 * S n + j)%nat with (2 * n + (2 + j))%nat by lia.
    change (opp (?x)) with (- x). simpl pow. field. apply INR_fact_neq_0.
Qed.
Lemma Cosine_stumpff : Cosine y = 1 - 1 / 2 * (y * stumpff 2 y).
Proof.
  assert (E := stumpff_rec 0). unfold stumpff at 1 in E. rewrite (PSeries_ext (term 0) cosine_) in E.
  - unfold Cosine. simpl INR in E. simpl Nat.add in E. lra.
  - intro n. unfold term, cosine_. now rewrite Nat.add_0_r.
Qed.
Lemma Sine_stumpff : Sine y = 1 - 1 / 6 * (y * stumpff 3 y).
Proof.
  assert (E := stumpff_rec 1). unfold stumpff at 1 in E. rewrite (PSeries_ext (term 1) sine_) in E by easy.
  unfold Sine. simpl INR in E. simpl Nat.add in E. lra.
Qed.
Lemma Quotient_stumpff : Quotient y = 1 / 2 * stumpff 2 y - 1 / 6 * stumpff 3 y.
Proof.
  unfold Quotient, stumpff. rewrite (PSeries_ext quotient_ (PS_minus (term 2) (term 3))).
  - rewrite PSeries_minus by apply term_converges. simpl fact. simpl INR. field.
  - intro n. unfold PS_minus, PS_plus, PS_opp, term, quotient_. change (plus ?a (opp ?b)) with (a - b).
    replace (2 * n + 3)%nat with (S (2 * n + 2)) by lia. rewrite (fact_simpl (2 * n + 2)), mult_INR, S_INR.
    assert (H := pos_INR (2 * n + 2)). field. split; [apply INR_fact_neq_0 | lra].
Qed.
End Convergence.

Section Models.
Variables (m : nat) (pr : positive) (deg : nat).

(* stumpff j, from the bound of stumpff (2N + j) *)
Fixpoint mstumpff (N : nat) (j : positive) (Y : model m) : model m :=
  match N with
  | O => mk (pzero m) (28 * unit pr) true
  | S k => msub m (mint m pr 1) (mscale m 1 ((j + 1) * (j + 2)) (mmul m pr deg one Y (mstumpff k (2 + j) Y)))
  end.
(* the N for which what is left out is below a unit *)
Fixpoint enough (fuel : nat) (rho t : Z) (j : positive) : nat :=
  match fuel with
  | O => O
  | S f => if (t <=? 1)%Z then O else S (enough f rho (cdiv (t * rho) (unit pr * Zpos ((j + 1) * (j + 2)))) (2 + j))
  end.

Lemma mstumpff_ok z Y y N j : (forall i, Rabs (z i) <= 1) -> Rabs y <= 9 -> holds m pr Y z y ->
  holds m pr (mstumpff N j Y) z (stumpff (Pos.to_nat j) y).
Proof.
  intros Hz Hy H. revert j. induction N as [|N IH]; intro j.
  - intros _. cbn [mstumpff body rad]. rewrite pev_zero, Rminus_0_r, mult_IZR, Rabs_mult.
    assert (B := stumpff_bound y Hy (Pos.to_nat j)). assert (HU := U_pos pr). rewrite (Rabs_pos_eq (IZR (unit pr))) by lra.
    apply Rmult_le_compat_r; lra.
  - cbn [mstumpff]. rewrite stumpff_rec by easy. apply msub_ok; [apply (mint_ok m pr z 1)|].
    eapply holds_eq; [apply mscale_ok; [easy|]; apply mmul_ok; [easy | exact H | apply IH]|].
    rewrite Pos2Nat.inj_add. change (Pos.to_nat 2) with 2%nat. unfold Rdiv. rewrite Rmult_1_l. f_equal. f_equal.
    rewrite INR_IPR. change (IPR j) with (IZR (Z.pos j)). now rewrite Pos2Z.inj_mul, !Pos2Z.inj_add, mult_IZR, !plus_IZR.
Qed.
End Models.
