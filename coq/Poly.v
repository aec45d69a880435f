(* Polynomials with integer coefficients in m variables of [-1, 1], with truncated products.

   A polynomial in the variables 0, ..., m is a list of polynomials in the variables 0, ..., m-1: the coefficients
   of the powers of the last variable. These are the terms of which the checkers compute. *)
From Coq Require Import Reals Lra Lia ZArith List Psatz.
Import ListNotations.
Open Scope R_scope.

Fixpoint poly (m : nat) : Type := match m with O => Z | S n => list (poly n) end.

Section Lists.
Context {A : Type}.
Fixpoint horner (f : A -> R) (x : R) (p : list A) : R :=
  match p with [] => 0 | a :: q => f a + x * horner f x q end.
Fixpoint total (f : A -> Z) (p : list A) : Z := match p with [] => 0%Z | a :: q => (f a + total f q)%Z end.
Fixpoint zip (f : A -> A -> A) (p q : list A) : list A :=
  match p, q with
  | [], _ => q
  | _, [] => p
  | a :: p', b :: q' => f a b :: zip f p' q'
  end.
End Lists.

Fixpoint pev (m : nat) : poly m -> (nat -> R) -> R :=
  match m with
  | O => fun p _ => IZR p
  | S n => fun p x => horner (fun a => pev n a x) (x n) p
  end.

Definition pzero (m : nat) : poly m := match m with O => 0%Z | S _ => [] end.
Fixpoint pconst (m : nat) (c : Z) : poly m := match m with O => c | S n => [pconst n c] end.
(* c x_i^k *)
Fixpoint ppower (m i k : nat) (c : Z) : poly m :=
  match m with
  | O => 0%Z
  | S n => if Nat.eqb i n then repeat (pzero n) k ++ [pconst n c] else [ppower n i k c]
  end.
Fixpoint padd (m : nat) : poly m -> poly m -> poly m :=
  match m with O => Z.add | S n => zip (padd n) end.
Fixpoint pmap (f : Z -> Z) (m : nat) : poly m -> poly m :=
  match m with O => f | S n => map (pmap f n) end.
(* the sum of f over the coefficients *)
Fixpoint ptotal (f : Z -> Z) (m : nat) : poly m -> Z :=
  match m with O => f | S n => total (ptotal f n) end.
Definition size := ptotal Z.abs.
Definition terms := ptotal (fun c => if Z.eqb c 0 then 0%Z else 1%Z).

(* Without zeros at the end of lists. *)
Definition is_zero (m : nat) : poly m -> bool :=
  match m with O => fun c => Z.eqb c 0 | S _ => fun p => match p with [] => true | _ => false end end.
Fixpoint trim (m : nat) : poly m -> poly m :=
  match m with
  | O => fun c => c
  | S n => fix go p :=
      match p with
      | [] => []
      | a :: q => let b := trim n a in match go q with [] => if is_zero n b then [] else [b] | r => b :: r end
      end
  end.

(* The product up to the degree k, and a bound for the norm of what is left out; variable i has the weight w i. *)
Section Product.
Variable w : nat -> nat.
Definition row {n} (mul : nat -> poly n -> poly n -> poly n) (a : poly n) : nat -> list (poly n) -> list (poly n) :=
  fix go k q := match q with [] => [] | b :: q' => mul k a b :: (if Nat.leb (w n) k then go (k - w n)%nat q' else []) end.
Fixpoint pmul (m : nat) : nat -> poly m -> poly m -> poly m :=
  match m with
  | O => fun _ => Z.mul
  | S n => fix go k p q :=
      match p with
      | [] => []
      | a :: p' => zip (padd n) (row (pmul n) a k q)
                     (if Nat.leb (w n) k then pzero n :: go (k - w n)%nat p' q else [])
      end
  end.
Definition row_rest {n} (rest : nat -> poly n -> poly n -> Z) (a : poly n) : nat -> list (poly n) -> Z :=
  fix go k q := match q with
    | [] => 0%Z
    | b :: q' => (rest k a b + (if Nat.leb (w n) k then go (k - w n)%nat q' else size n a * total (size n) q'))%Z
    end.
Fixpoint prest (m : nat) : nat -> poly m -> poly m -> Z :=
  match m with
  | O => fun _ _ _ => 0%Z
  | S n => fix go k p q :=
      match p with
      | [] => 0%Z
      | a :: p' => (row_rest (prest n) a k q + (if Nat.leb (w n) k then go (k - w n)%nat p' q
                                                else total (size n) p' * total (size n) q))%Z
      end
  end.
End Product.

(* ---- What these compute ---- *)

Lemma horner_zip {A} (f : A -> A -> A) (g : A -> R) x :
  (forall a b, g (f a b) = g a + g b) -> forall p q, horner g x (zip f p q) = horner g x p + horner g x q.
Proof. intros H p. induction p as [|a p IH]; intros [|b q]; simpl; try ring. rewrite IH, H. ring. Qed.

Lemma pev_zero m x : pev m (pzero m) x = 0.
Proof. now destruct m. Qed.
Lemma pev_const m c x : pev m (pconst m c) x = IZR c.
Proof. induction m as [|n IH]; simpl; [easy|]. rewrite IH. ring. Qed.
Lemma pev_power m i k c x : (i < m)%nat -> pev m (ppower m i k c) x = IZR c * x i ^ k.
Proof.
  induction m as [|n IH]; intro Hi; [lia|]. simpl. destruct (Nat.eqb_spec i n) as [->|Hne].
  - clear. induction k as [|k IH]; simpl; [rewrite pev_const; ring|]. rewrite IH, pev_zero. ring.
  - simpl. rewrite IH by lia. ring.
Qed.
Lemma pev_add m p q x : pev m (padd m p q) x = pev m p x + pev m q x.
Proof.
  revert p q. induction m as [|n IH]; intros p q; simpl; [apply plus_IZR|].
  apply horner_zip. intros. apply IH.
Qed.
Lemma pev_scale c m p x : pev m (pmap (Z.mul c) m p) x = IZR c * pev m p x.
Proof.
  revert p. induction m as [|n IH]; intro p; simpl; [apply mult_IZR|].
  induction p as [|a p IHp]; simpl; [ring|]. rewrite IHp, IH. ring.
Qed.
Lemma pev_opp m p x : pev m (pmap Z.opp m p) x = - pev m p x.
Proof.
  revert p. induction m as [|n IH]; intro p; simpl; [apply opp_IZR|].
  induction p as [|a p IHp]; simpl; [ring|]. rewrite IHp, IH. ring.
Qed.
Lemma is_zero_ok m p x : is_zero m p = true -> pev m p x = 0.
Proof. destruct m; simpl; intro E; [apply Z.eqb_eq in E; now rewrite E|]. now destruct p. Qed.
Lemma horner_trim n (p : poly (S n)) x :
  (forall a, pev n (trim n a) x = pev n a x) -> pev (S n) (trim (S n) p) x = pev (S n) p x.
Proof.
  intro H. induction p as [|a p IH]; [easy|].
  change (pev (S n) (a :: p) x) with (pev n a x + x n * pev (S n) p x). rewrite <- IH, <- H.
  change (trim (S n) (a :: p))
    with (match trim (S n) p with [] => if is_zero n (trim n a) then [] else [trim n a] | r => trim n a :: r end).
  destruct (trim (S n) p) as [|b r]; [|easy].
  destruct (is_zero n (trim n a)) eqn:E; [|easy].
  rewrite (is_zero_ok n _ x E). simpl. ring.
Qed.
Lemma pev_trim m p x : pev m (trim m p) x = pev m p x.
Proof. revert p. induction m as [|n IH]; intro p; [easy|]. now apply horner_trim. Qed.

Lemma ptotal_ge_0 f m p : (forall c, 0 <= f c)%Z -> (0 <= ptotal f m p)%Z.
Proof.
  intro H. revert p. induction m as [|n IH]; intro p; simpl; [apply H|].
  induction p as [|a p IHp]; simpl; [lia|]. specialize (IH a). lia.
Qed.
Lemma size_ge_0 m p : (0 <= size m p)%Z.
Proof. apply ptotal_ge_0. lia. Qed.
Lemma terms_ge_0 m p : (0 <= terms m p)%Z.
Proof. apply ptotal_ge_0. intro c. destruct (Z.eqb c 0); lia. Qed.
Lemma total_size_ge_0 n p : (0 <= total (size n) p)%Z.
Proof. exact (size_ge_0 (S n) p). Qed.

Section Bounds.
Variable x : nat -> R.
Hypothesis Hx : forall i, Rabs (x i) <= 1.

Lemma times_x i a b : Rabs a <= b -> Rabs (x i * a) <= b.
Proof. intro H. rewrite Rabs_mult. generalize (Hx i) (Rabs_pos (x i)) (Rabs_pos a). nra. Qed.

(* A bound by sums over the coefficients follows from the bound of a coefficient. *)
Lemma pev_near (f : Z -> Z) (s t : R) (g : Z -> Z) :
  (forall c, Rabs (IZR c * s - IZR (f c) * t) <= IZR (g c)) ->
  forall m p, Rabs (pev m p x * s - pev m (pmap f m p) x * t) <= IZR (ptotal g m p).
Proof.
  intros H m. induction m as [|n IH]; intro p; [apply H|].
  induction p as [|a p IHp]; simpl.
  - rewrite !Rmult_0_l, Rminus_0_r, Rabs_R0. lra.
  - rewrite plus_IZR.
    replace (_ - _) with ((pev n a x * s - pev n (pmap f n a) x * t)
      + x n * (pev (S n) p x * s - pev (S n) (pmap f (S n) p) x * t)) by (simpl; ring).
    apply Rle_trans with (1 := Rabs_triang _ _). apply Rplus_le_compat; [apply IH|]. now apply times_x.
Qed.
Lemma pev_bound m p : Rabs (pev m p x) <= IZR (size m p).
Proof.
  assert (H := pev_near (fun c => c) 1 0 Z.abs).
  replace (pev m p x) with (pev m p x * 1 - pev m (pmap (fun c => c) m p) x * 0) by ring. apply H.
  intro c. rewrite abs_IZR. right. f_equal. ring.
Qed.

Variable w : nat -> nat.
Lemma row_ok n mul rest (a : poly n) :
  (forall k p q, Rabs (pev n p x * pev n q x - pev n (mul k p q) x) <= IZR (rest k p q)) ->
  forall q k, Rabs (pev n a x * pev (S n) q x - pev (S n) (row w mul a k q) x) <= IZR (row_rest w rest a k q).
Proof.
  intros H q. induction q as [|b q IH]; intro k.
  - simpl. rewrite Rmult_0_r, Rminus_0_r, Rabs_R0. lra.
  - simpl row. simpl row_rest. rewrite plus_IZR. destruct (Nat.leb (w n) k).
    + replace (_ - _) with ((pev n a x * pev n b x - pev n (mul k a b) x)
        + x n * (pev n a x * pev (S n) q x - pev (S n) (row w mul a (k - w n)%nat q) x)) by (simpl; ring).
      apply Rle_trans with (1 := Rabs_triang _ _). apply Rplus_le_compat; [apply H|]. now apply times_x.
    + replace (_ - _) with ((pev n a x * pev n b x - pev n (mul k a b) x)
        + x n * (pev n a x * pev (S n) q x)) by (simpl; ring).
      apply Rle_trans with (1 := Rabs_triang _ _). apply Rplus_le_compat; [apply H|]. apply times_x.
      rewrite Rabs_mult, mult_IZR. apply Rmult_le_compat; auto using Rabs_pos, pev_bound.
      apply (pev_bound (S n)).
Qed.
Lemma pmul_ok m : forall k p q, Rabs (pev m p x * pev m q x - pev m (pmul w m k p q) x) <= IZR (prest w m k p q).
Proof.
  induction m as [|n IH]; intros k p q.
  - simpl. rewrite mult_IZR, Rminus_eq_0, Rabs_R0. lra.
  - revert k. induction p as [|a p IHp]; intro k.
    + simpl. rewrite Rmult_0_l, Rminus_0_r, Rabs_R0. lra.
    + simpl pmul. simpl prest. rewrite plus_IZR.
      assert (R1 := row_ok n (pmul w n) (prest w n) a IH q k).
      change (pev (S n) (zip (padd n) ?u ?v) x) with (pev (S n) (padd (S n) u v) x). rewrite pev_add.
      destruct (Nat.leb (w n) k).
      * change (pev (S n) (pzero n :: ?u) x) with (pev n (pzero n) x + x n * pev (S n) u x). rewrite pev_zero.
        replace (_ - _) with ((pev n a x * pev (S n) q x - pev (S n) (row w (pmul w n) a k q) x)
          + x n * (pev (S n) p x * pev (S n) q x - pev (S n) (pmul w (S n) (k - w n)%nat p q) x)) by (simpl; ring).
        apply Rle_trans with (1 := Rabs_triang _ _). apply Rplus_le_compat; [exact R1|]. apply times_x, IHp.
      * replace (_ - _) with ((pev n a x * pev (S n) q x - pev (S n) (row w (pmul w n) a k q) x)
          + x n * (pev (S n) p x * pev (S n) q x)) by (simpl; ring).
        apply Rle_trans with (1 := Rabs_triang _ _). apply Rplus_le_compat; [exact R1|]. apply times_x.
        rewrite Rabs_mult, mult_IZR. apply Rmult_le_compat; auto using Rabs_pos; apply (pev_bound (S n)).
Qed.
End Bounds.
