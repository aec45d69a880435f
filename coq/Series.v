(* Taylor's formula with a bound, by induction on the order: f_k' = f_(k+1) and |f_k| <= M near 0. *)
From Coq Require Import Reals Lra Lia Psatz.
From Coquelicot Require Import Coquelicot.
From Caustic Require Import Segment.
Open Scope R_scope.

Fixpoint taylor (a : nat -> R) (n : nat) (y : R) : R :=
  match n with O => a O | S j => taylor a j y + a (S j) * (y ^ S j / INR (fact (S j))) end.

Lemma taylor_ext a b n y : (forall j, a j = b j) -> taylor a n y = taylor b n y.
Proof. intro H. induction n as [|n IH]; simpl; [apply H|]. now rewrite IH, H. Qed.
Lemma taylor_at_0 a n : taylor a n 0 = a O.
Proof. induction n as [|n IH]; [easy|]. simpl. rewrite IH. unfold Rdiv. ring. Qed.
Lemma taylor_derive a n y : is_derive (taylor a (S n)) y (taylor (fun j => a (S j)) n y).
Proof.
  induction n as [|n IH].
  - simpl. auto_derive; [easy|]. field.
  - change (taylor (fun j => a (S j)) (S n) y)
      with (taylor (fun j => a (S j)) n y + a (S (S n)) * (y ^ S n / INR (fact (S n)))).
    apply (is_derive_plus (taylor a (S n)) (fun y => a (S (S n)) * (y ^ S (S n) / INR (fact (S (S n)))))); [exact IH|].
    apply is_derive_eq with (a (S (S n)) * (INR (S (S n)) * y ^ S n / INR (fact (S (S n))))).
    + apply (is_derive_scal (fun y => y ^ S (S n) / INR (fact (S (S n))))).
      set (c := INR (fact (S (S n)))). generalize (S n). intro k. auto_derive; [easy|].
      change (Init.Nat.pred (S k)) with k.
      change (match k with 0%nat => 1 | S _ => INR k + 1 end) with (INR (S k)). unfold Rdiv. ring.
    + rewrite (fact_simpl (S n)), mult_INR. field. split; [apply INR_fact_neq_0 | apply not_0_INR; lia].
Qed.

(* |g'| <= C |s|^n and g(0) = 0 give |g| <= C |y|^(n+1) / (n+1). *)
Lemma power_bound_right (g dg : R -> R) C n rho :
  g 0 = 0 -> (forall s, 0 <= s <= rho -> is_derive g s (dg s) /\ dg s <= C * s ^ n) ->
  forall y, 0 <= y <= rho -> g y <= C * y ^ S n / INR (S n).
Proof.
  intros H0 H y Hy.
  assert (Hn : INR (S n) <> 0) by (apply not_0_INR; lia).
  destruct (MVT_gen (fun s => C * s ^ S n / INR (S n) - g s) 0 y (fun s => C * s ^ n - dg s)) as [c [Hc E]].
  - intros s Hs. rewrite Rmin_left, Rmax_right in Hs by lra.
    apply (is_derive_minus (fun s => C * s ^ S n / INR (S n)) g); [|apply H; lra].
    auto_derive; [easy|]. change (Init.Nat.pred (S n)) with n.
    change (match n with 0%nat => 1 | S _ => INR n + 1 end) with (INR (S n)). field. exact Hn.
  - intros s Hs. rewrite Rmin_left, Rmax_right in Hs by lra. apply continuity_pt_filterlim.
    apply (continuous_minus (fun s => C * s ^ S n / INR (S n)) g).
    + apply (ex_derive_continuous (fun s => C * s ^ S n / INR (S n))). now auto_derive.
    + apply (ex_derive_continuous g). exists (dg s). apply H. lra.
  - rewrite Rmin_left, Rmax_right in Hc by lra. destruct (H c ltac:(lra)) as [_ K].
    rewrite H0 in E. replace (C * 0 ^ S n / INR (S n)) with 0 in E by (rewrite pow_i by lia; unfold Rdiv; ring).
    assert (0 <= (C * c ^ n - dg c) * (y - 0)) by (apply Rmult_le_pos; lra). lra.
Qed.
Lemma power_bound (g dg : R -> R) C n rho :
  g 0 = 0 -> (forall s, Rabs s <= rho -> is_derive g s (dg s) /\ Rabs (dg s) <= C * Rabs s ^ n) ->
  forall y, Rabs y <= rho -> Rabs (g y) <= C * Rabs y ^ S n / INR (S n).
Proof.
  intros H0 H.
  assert (K : forall s1 s2 : R, (s1 = 1 \/ s1 = -1) -> (s2 = 1 \/ s2 = -1) ->
              forall y, 0 <= y <= rho -> s1 * g (s2 * y) <= C * y ^ S n / INR (S n)).
  { intros s1 s2 H1 H2. apply (power_bound_right _ (fun s => s1 * (s2 * dg (s2 * s)))).
    - rewrite Rmult_0_r, H0. ring.
    - intros s Hs. assert (A : Rabs (s2 * s) = s).
      { rewrite Rabs_mult, (Rabs_pos_eq s) by lra. destruct H2 as [-> | ->]; unfold Rabs; destruct Rcase_abs; lra. }
      destruct (H (s2 * s)) as [D B]; [lra|]. rewrite A in B. split.
      + apply (is_derive_scal (fun s => g (s2 * s))).
        apply is_derive_eq with (s2 * dg (s2 * s)); [|easy].
        apply (is_derive_comp g (fun s => s2 * s)); [exact D|]. auto_derive; [easy|ring].
      + apply Rle_trans with (2 := B). apply Rle_trans with (1 := Rle_abs _). rewrite !Rabs_mult.
        assert (Rabs s1 = 1 /\ Rabs s2 = 1) as [-> ->]; [|lra].
        split; [destruct H1 as [-> | ->] | destruct H2 as [-> | ->]]; unfold Rabs; destruct Rcase_abs; lra. }
  intros y Hy. assert (H1 : 1 = 1 \/ 1 = -1) by now left. assert (H2 : -1 = 1 \/ -1 = -1) by now right.
  assert (A := Rabs_pos y).
  destruct (Rle_or_lt 0 y) as [Hp|Hp].
  - rewrite (Rabs_pos_eq y Hp) in *. generalize (K 1 1 H1 H1 y (conj A Hy)) (K (-1) 1 H2 H1 y (conj A Hy)).
    rewrite !Rmult_1_l. set (B := C * _ / _). intros. apply Rabs_le. lra.
  - rewrite (Rabs_left y Hp) in *. generalize (K 1 (-1) H1 H2 (- y) (conj A Hy)) (K (-1) (-1) H2 H2 (- y) (conj A Hy)).
    replace (-1 * - y) with y by ring. set (B := C * _ / _). intros. apply Rabs_le. lra.
Qed.

Lemma taylor_bound (f : nat -> R -> R) (M rho : R) :
  (forall k y, is_derive (f k) y (f (S k) y)) -> (forall k y, Rabs y <= rho -> Rabs (f k y) <= M) ->
  forall n k y, Rabs y <= rho ->
    Rabs (f k y - taylor (fun j => f (k + j)%nat 0) n y) <= M * (Rabs y ^ S n / INR (fact (S n))).
Proof.
  intros Hd Hb n. induction n as [|n IH]; intros k y Hy.
  - replace (M * (Rabs y ^ 1 / INR (fact 1))) with (M * Rabs y ^ 1 / INR 1) by (simpl; field).
    apply (power_bound (fun y => f k y - taylor (fun j => f (k + j)%nat 0) 0 y) (f (S k)) M 0 rho); [| |easy].
    + simpl. rewrite Nat.add_0_r. ring.
    + intros s Hs. split; [|simpl; rewrite Rmult_1_r; now apply Hb].
      apply is_derive_eq with (f (S k) s - 0); [|ring].
      apply (is_derive_minus (f k) (fun _ => f (k + 0)%nat 0)); [apply Hd | apply (@is_derive_const R_AbsRing R_NormedModule)].
  - replace (M * (Rabs y ^ S (S n) / INR (fact (S (S n)))))
      with (M / INR (fact (S n)) * Rabs y ^ S (S n) / INR (S (S n))).
    2: { rewrite (fact_simpl (S n)), mult_INR. field. split; [apply INR_fact_neq_0 | apply not_0_INR; easy]. }
    apply (power_bound (fun y => f k y - taylor (fun j => f (k + j)%nat 0) (S n) y)
      (fun s => f (S k) s - taylor (fun j => f (S k + j)%nat 0) n s) (M / INR (fact (S n))) (S n) rho); [| |easy].
    + rewrite taylor_at_0, Nat.add_0_r. ring.
    + intros s Hs. split.
      * apply (is_derive_minus (f k) (taylor (fun j => f (k + j)%nat 0) (S n))); [apply Hd|].
        apply is_derive_eq with (1 := taylor_derive _ _ _). apply taylor_ext. intro j. f_equal. lia.
      * apply Rle_trans with (1 := IH (S k) s Hs). right. unfold Rdiv. ring.
Qed.
