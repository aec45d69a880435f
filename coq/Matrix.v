(* Square matrices of order n: functions nat -> nat -> R of which the indices 0, ..., n-1 count.

   transpose_injective: W x = 0 only for x = 0 implies the same of the transpose. It rests on fewer_equations:
   m homogeneous linear equations in m + 1 unknowns have a nonzero solution (elimination). *)
From Coq Require Import Reals Lra Lia Psatz.
From Coquelicot Require Import Coquelicot.
From Caustic Require Import Segment Vector.
Open Scope R_scope.

Definition mat := nat -> nat -> R.

Definition apply (n : nat) (A : mat) (x : vec) : vec := fun i => sum n (fun j => A i j * x j).
Definition mul (n : nat) (A B : mat) : mat := fun i j => sum n (fun k => A i k * B k j).
Definition add (A B : mat) : mat := fun i j => A i j + B i j.
Definition opp (A : mat) : mat := fun i j => - A i j.
Definition transpose (A : mat) : mat := fun i j => A j i.
Definition diagonal (c : vec) : mat := fun i j => c i * basis j i.
Definition identity : mat := diagonal (fun _ => 1).

Definition equal (n : nat) (A B : mat) : Prop := forall i j, (i < n)%nat -> (j < n)%nat -> A i j = B i j.
Definition symmetric (n : nat) (A : mat) : Prop := equal n A (transpose A).
Definition singular (n : nat) (A : mat) : Prop :=
  exists x, nonzero n x /\ forall i, (i < n)%nat -> apply n A x i = 0.

Lemma apply_ext n A B x y i :
  (forall j, (j < n)%nat -> A i j = B i j) -> agree n x y -> apply n A x i = apply n B y i.
Proof. intros HA Hx. apply sum_ext. intros j Hj. now rewrite HA, Hx. Qed.
Lemma apply_plus n A x y i : apply n A (fun j => x j + y j) i = apply n A x i + apply n A y i.
Proof. unfold apply. rewrite <- sum_plus. apply sum_ext. intros. ring. Qed.
Lemma apply_minus n A x y i : apply n A (fun j => x j - y j) i = apply n A x i - apply n A y i.
Proof. unfold apply. rewrite <- sum_minus. apply sum_ext. intros. ring. Qed.
Lemma apply_opp_vec n A x i : apply n A (fun j => - x j) i = - apply n A x i.
Proof. unfold apply. rewrite <- sum_opp. apply sum_ext. intros. ring. Qed.
Lemma apply_add n A B x i : apply n (add A B) x i = apply n A x i + apply n B x i.
Proof. unfold apply, add. rewrite <- sum_plus. apply sum_ext. intros. ring. Qed.
Lemma apply_opp n A x i : apply n (opp A) x i = - apply n A x i.
Proof. unfold apply, opp. rewrite <- sum_opp. apply sum_ext. intros. ring. Qed.
Lemma apply_mul n A B x i : apply n (mul n A B) x i = apply n A (apply n B x) i.
Proof.
  unfold apply, mul.
  rewrite (sum_ext n (fun j => sum n (fun k => A i k * B k j) * x j) (fun j => sum n (fun k => A i k * B k j * x j)))
    by (intros; now rewrite sum_scal_r).
  rewrite sum_exchange. apply sum_ext. intros k _. rewrite <- sum_scal. apply sum_ext. intros. ring.
Qed.
Lemma apply_diagonal n c x i : (i < n)%nat -> apply n (diagonal c) x i = c i * x i.
Proof.
  intro Hi. unfold apply, diagonal. rewrite <- (sum_basis n (fun j => c i * x j) i Hi). apply sum_ext.
  intros j _. unfold basis. rewrite Nat.eqb_sym. ring.
Qed.
Lemma apply_basis n A i j : (j < n)%nat -> apply n A (basis j) i = A i j.
Proof. apply (sum_basis n (fun k => A i k)). Qed.

Lemma dot_apply n A x y : dot n x (apply n A y) = dot n (apply n (transpose A) x) y.
Proof.
  unfold dot, apply, transpose.
  rewrite (sum_ext n _ (fun i => sum n (fun j => x i * (A i j * y j)))) by (intros; now rewrite sum_scal).
  rewrite sum_exchange. apply sum_ext. intros j _. rewrite <- sum_scal_r. apply sum_ext. intros. ring.
Qed.

(* Elimination: pivot k of the last equation; unknown k is replaced by the last one. *)
Lemma fewer_equations (m : nat) : forall a : mat, exists x, nonzero (S m) x /\
  forall i, (i < m)%nat -> sum (S m) (fun j => a i j * x j) = 0.
Proof.
  induction m as [|m IH]; intro a.
  { exists (basis 0). split; [|intros; lia]. exists 0%nat. split; [lia|]. rewrite basis_same. lra. }
  destruct (nonzero_or (S (S m)) (a m)) as [[k [Hk Hp]]|zero].
  - set (a' := fun i j => a i j - a i k * a m j / a m k).
    set (b := fun i j => if Nat.eqb j k then a' i (S m) else a' i j).
    destruct (IH b) as [y [[l [Hl Hy]] Hb]].
    set (z := fun j => if Nat.eqb j k then 0 else if Nat.eqb j (S m) then y k else y j).
    set (s := - sum (S (S m)) (fun j => a m j * z j) / a m k).
    assert (Hz : forall i, (i < m)%nat -> sum (S (S m)) (fun j => a' i j * z j) = 0).
    { intros i Hi. rewrite <- (Hb i Hi). destruct (Nat.eq_dec k (S m)) as [->|Hne].
      - change (sum (S m) (fun j => a' i j * z j) + a' i (S m) * z (S m) = sum (S m) (fun j => b i j * y j)).
        unfold z at 2. rewrite Nat.eqb_refl, Rmult_0_r, Rplus_0_r. apply sum_ext. intros j Hj.
        unfold b, z. assert (E : Nat.eqb j (S m) = false) by (apply Nat.eqb_neq; lia). now rewrite E.
      - change (sum (S m) (fun j => a' i j * z j) + a' i (S m) * z (S m) = sum (S m) (fun j => b i j * y j)).
        assert (E : z (S m) = y k).
        { unfold z. rewrite Nat.eqb_refl. assert (E : Nat.eqb (S m) k = false) by (apply Nat.eqb_neq; lia). now rewrite E. }
        rewrite E, <- (sum_basis (S m) (fun _ => a' i (S m) * y k) k), <- sum_plus by lia. apply sum_ext. intros j Hj.
        unfold b, z, basis. destruct (Nat.eqb j k) eqn:Ek.
        + apply Nat.eqb_eq in Ek. subst. ring.
        + assert (E2 : Nat.eqb j (S m) = false) by (apply Nat.eqb_neq; lia). rewrite E2. ring. }
    exists (fun j => z j + s * basis k j). split.
    + (* y l survives: at l, or at the last place if l = k *)
      destruct (Nat.eq_dec l k) as [->|Hlk].
      * exists (S m). split; [lia|]. rewrite basis_other by lia. unfold z.
        assert (E : Nat.eqb (S m) k = false) by (apply Nat.eqb_neq; lia). rewrite E, Nat.eqb_refl. lra.
      * exists l. split; [lia|]. rewrite basis_other by easy. unfold z.
        assert (E : Nat.eqb l k = false) by (now apply Nat.eqb_neq). rewrite E.
        assert (E2 : Nat.eqb l (S m) = false) by (apply Nat.eqb_neq; lia). rewrite E2. lra.
    + intros i Hi.
      assert (H : sum (S (S m)) (fun j => a i j * (z j + s * basis k j)) = sum (S (S m)) (fun j => a i j * z j) + s * a i k).
      { rewrite <- (sum_basis (S (S m)) (a i) k Hk), <- sum_scal, <- sum_plus. apply sum_ext. intros. ring. }
      rewrite H. destruct (Nat.eq_dec i m) as [->|Him]; [unfold s; field; easy|].
      rewrite <- (Hz i) by lia. unfold s, a'.
      rewrite (sum_ext _ (fun j => (a i j - a i k * a m j / a m k) * z j) (fun j => a i j * z j - a i k / a m k * (a m j * z j)))
        by (intros; field; easy).
      rewrite sum_minus, sum_scal. field. easy.
  - destruct (IH a) as [y [[l [Hl Hy]] Ha]].
    exists (fun j => if Nat.eqb j (S m) then 0 else y j). split.
    { exists l. split; [lia|]. assert (E : Nat.eqb l (S m) = false) by (apply Nat.eqb_neq; lia). now rewrite E. }
    intros i Hi. destruct (Nat.eq_dec i m) as [->|Him]; [apply sum_zero; intros; rewrite zero by easy; ring|].
    change (sum (S m) (fun j => a i j * (if Nat.eqb j (S m) then 0 else y j)) + a i (S m) * (if Nat.eqb (S m) (S m) then 0 else y (S m)) = 0).
    rewrite Nat.eqb_refl, Rmult_0_r, Rplus_0_r. rewrite <- (Ha i) by lia. apply sum_ext. intros j Hj.
    assert (E : Nat.eqb j (S m) = false) by (apply Nat.eqb_neq; lia). now rewrite E.
Qed.

Theorem transpose_injective (n : nat) (W : mat) : singular n (transpose W) -> singular n W.
Proof.
  intros [y [Hy H0]].
  destruct (fewer_equations n (fun i j => if Nat.eqb j n then y i else W i j)) as [x [[l [Hl Hx]] H]].
  assert (H' : forall i, (i < n)%nat -> apply n W x i + x n * y i = 0).
  { intros i Hi. rewrite <- (H i Hi). simpl. rewrite Nat.eqb_refl, (Rmult_comm (x n)). f_equal. apply sum_ext.
    intros j Hj. assert (E : Nat.eqb j n = false) by (apply Nat.eqb_neq; lia). now rewrite E. }
  assert (Hn : x n = 0).
  { assert (Hp := dot_self_pos n y Hy).
    assert (E : dot n y (apply n W x) + x n * dot n y y = 0).
    { unfold dot. rewrite <- sum_scal, <- sum_plus. apply sum_zero. intros i Hi.
      replace (y i * apply n W x i + x n * (y i * y i)) with (y i * (apply n W x i + x n * y i)) by ring.
      rewrite H' by easy. ring. }
    rewrite dot_apply in E. replace (dot n (apply n (transpose W) y) x) with 0 in E.
    - apply Rmult_eq_reg_r with (dot n y y); lra.
    - symmetry. apply sum_zero. intros i Hi. rewrite H0 by easy. ring. }
  exists x. split.
  - exists l. split; [|easy]. destruct (Nat.eq_dec l n) as [->|]; [easy|lia].
  - intros i Hi. specialize (H' i Hi). rewrite Hn in H'. lra.
Qed.
