(* A path of symmetric matrices that starts positive definite stays so until it meets a singular matrix: for positive
   definite matrices form an open set, and a limit of them is singular unless it is one of them. *)
From Coq Require Import Reals Lra Lia Psatz.
From Coquelicot Require Import Coquelicot.
From Caustic Require Import Segment Vector Matrix Definite Linear.
Open Scope R_scope.

Lemma near_all (t : R) m (F : nat -> R -> Prop) :
  (forall i, (i < m)%nat -> locally t (F i)) -> locally t (fun s => forall i, (i < m)%nat -> F i s).
Proof.
  intro H. induction m as [|m IH]; [apply filter_forall; intros; lia|].
  apply below_S in H. destruct H as [H Hm].
  generalize (filter_and _ _ (IH H) Hm). apply filter_imp. intros s [Hs Hsm] i Hi.
  destruct (Nat.eq_dec i m) as [->|Hne]; [easy | apply Hs; lia].
Qed.

Section Path.
Variable n : nat.
Variable T : R.
Variable M : R -> mat.
Hypothesis M_continuous : continuous_on_segment n T M.
Hypothesis M_symmetric : forall t, 0 <= t <= T -> symmetric n (M t).

Lemma quadratic_continuous x t : 0 <= t <= T -> continuous (fun s => quadratic n (M s) x) t.
Proof.
  intro Ht. apply (continuous_sum n (fun i s => x i * apply n (M s) x i)). intros i Hi.
  apply (continuous_mult (fun _ => x i) (fun s => apply n (M s) x i)); [apply continuous_const|].
  apply (continuous_apply n M (fun _ => x)); intros j Hj; [now apply M_continuous | apply continuous_const].
Qed.

Lemma definite_near t : 0 <= t <= T -> positive_definite n (M t) ->
  exists d, 0 < d /\ forall s, 0 <= s <= T -> Rabs (s - t) < d -> positive_definite n (M s).
Proof.
  intros Ht Hp.
  destruct (definite_coercive n (M t) (M_symmetric t Ht) Hp) as [m [Hm Hlow]].
  assert (Hn := pos_INR n). set (e := m / (INR n + 1)).
  assert (He : 0 < e) by (apply Rdiv_lt_0_compat; lra).
  assert (Hc : locally t (fun s => forall i, (i < n)%nat -> forall j, (j < n)%nat -> Rabs (M s i j - M t i j) < e)).
  { apply (near_all t n (fun i s => forall j, (j < n)%nat -> Rabs (M s i j - M t i j) < e)). intros i Hi.
    apply (near_all t n (fun j s => Rabs (M s i j - M t i j) < e)). intros j Hj.
    apply (M_continuous t i j Ht Hi Hj (fun y => Rabs (y - M t i j) < e)). now exists (mkposreal e He). }
  destruct Hc as [d Hd]. exists d. split; [apply cond_pos|]. intros s Hs Hst x Hx.
  assert (H := quadratic_close n (M t) (M s) x e (fun i j Hi Hj => Rlt_le _ _ (Hd s Hst i Hi j Hj))).
  assert (Hxx := dot_self_pos n x Hx). assert (Hlx := Hlow x).
  assert (Hen : e * (INR n + 1) = m) by (unfold e; field; lra).
  apply Rabs_le_between in H. assert (0 < e * dot n x x) by now apply Rmult_lt_0_compat.
  rewrite <- Hen in Hlx. lra.
Qed.

(* x'Mx < 0 at a time after 0 holds a little earlier too *)
Lemma negative_before t x : 0 < t <= T -> quadratic n (M t) x < 0 -> exists s, 0 <= s < t /\ quadratic n (M s) x < 0.
Proof.
  intros Ht Hlt.
  destruct (quadratic_continuous x t ltac:(lra) (fun y => y < 0) (open_lt 0 _ Hlt)) as [d Hd].
  assert (Hdp := cond_pos d). set (s := Rmax 0 (t - d / 2)).
  assert (Hs : 0 <= s < t /\ t - s <= d / 2) by (unfold s, Rmax; destruct Rle_dec; lra).
  exists s. split; [easy|]. apply Hd. change (Rabs (s - t) < d). rewrite Rabs_minus_sym, Rabs_pos_eq; lra.
Qed.

Theorem definite_path : positive_definite n (M 0) -> (forall t, 0 < t <= T -> ~ singular n (M t)) ->
  forall t, 0 <= t <= T -> positive_definite n (M t).
Proof.
  intros M0 regular. apply segment_induction. intros t Ht below.
  assert (Hp : positive_definite n (M t)).
  { destruct (Req_dec t 0) as [->|Hne]; [easy|].
    assert (Hs : positive_semidefinite n (M t)).
    { intro x. apply Rnot_lt_le. intro Hlt. destruct (negative_before t x ltac:(lra) Hlt) as [s [Hs Hx]].
      assert (H := definite_semidefinite n _ (below s Hs) x). lra. }
    intros x Hx. destruct (Hs x) as [Hlt|Heq]; [easy|]. exfalso.
    apply (regular t); [lra|]. exists x. split; [easy|].
    now apply (definite_kernel n (M t) x (M_symmetric t Ht)). }
  exact (definite_near t Ht Hp).
Qed.

End Path.

Theorem singular_before (n : nat) (T : R) (M : R -> mat) (x : vec) : 0 <= T ->
  continuous_on_segment n T M -> (forall t, 0 <= t <= T -> symmetric n (M t)) ->
  positive_definite n (M 0) -> quadratic n (M T) x < 0 -> exists t, 0 < t < T /\ singular n (M t).
Proof.
  intros HT Mc Ms M0 Hx. destruct (Req_dec T 0) as [E|Hne].
  { rewrite E in Hx. assert (H := definite_semidefinite n _ M0 x). lra. }
  destruct (negative_before n T M Mc T x ltac:(lra) Hx) as [s [Hs Hsx]].
  apply Classical_Prop.NNPP. intro none.
  assert (H : positive_definite n (M s)).
  { apply (definite_path n s M); try easy; try lra.
    - intros t i j Ht. apply Mc. lra.
    - intros t Ht. apply Ms. lra.
    - intros t Ht Hsing. apply none. exists t. split; [lra | easy]. }
  assert (H' := definite_semidefinite n _ H x). lra.
Qed.
