(* Enclosures of the solutions of x' = f(x), from polynomials in the time t of a step and in parameters z.

   A step is a duration h, polynomials phi_i(t, z) and radii eps_i. It is proved by strict inclusion: if

     |x_i(0) - phi_i(0, z)| <= e_i   and   |h f_i - phi_i'| <= G_i on the tube |x - phi| <= eps,   e_i + G_i < eps_i,

   then no solution leaves the tube in [0, h], and at its end x_i is within e_i + G_i of phi_i(1, z). No existence theory
   is needed, and an initial box is one value of z after the other. *)
From Coq Require Import Reals Lra Lia ZArith List Psatz Bool.
From Coquelicot Require Import Coquelicot.
From Caustic Require Import Segment Poly Model Range Expr Jet.
Import ListNotations.
Open Scope R_scope.

(* an equation in a carrier of Coquelicot's structures as one of R *)
Ltac reals := match goal with |- ?a = ?b => change (@eq R a b) end.

(* ---- No solution leaves a tube that is strictly included in itself ---- *)

Section Tube.
Variable n : nat.
Variables (e de : nat -> R -> R) (start growth width : nat -> R).
Hypothesis Hd : forall i, (i < n)%nat -> forall s, 0 <= s <= 1 -> is_derive (e i) s (de i s).
Hypothesis Hstart : forall i, (i < n)%nat -> Rabs (e i 0) <= start i.
Hypothesis Hgrowth : forall s, 0 <= s <= 1 -> (forall j, (j < n)%nat -> Rabs (e j s) < width j) ->
  forall i, (i < n)%nat -> Rabs (de i s) <= growth i.
Hypothesis Hstrict : forall i, (i < n)%nat -> start i + growth i < width i.
Hypothesis Hpos : forall i, (i < n)%nat -> 0 <= growth i.

Let inside (s : R) := forall i, (i < n)%nat -> Rabs (e i s) < width i.

Lemma grown t : 0 <= t <= 1 -> (forall s, 0 <= s < t -> inside s) ->
  forall i, (i < n)%nat -> Rabs (e i t) <= start i + growth i.
Proof.
  intros Ht below i Hi. assert (G := Hpos i Hi). assert (S0 := Hstart i Hi).
  destruct (Req_dec t 0) as [->|Hne]; [lra|].
  destruct (mean_value (e i) (de i) 0 t) as [c [Hc E]]; [lra | intros; apply Hd; [easy|lra] | |].
  - intros s Hs. apply (ex_derive_continuous (e i)). exists (de i s). apply Hd; [easy|lra].
  - assert (D := Hgrowth c ltac:(lra) (below c ltac:(lra)) i Hi).
    replace (e i t) with (e i 0 + de i c * (t - 0)) by lra. apply Rle_trans with (1 := Rabs_triang _ _).
    rewrite Rabs_mult, (Rabs_pos_eq (t - 0)) by lra. assert (P := Rabs_pos (de i c)). nra.
Qed.
Lemma near t m : (m <= n)%nat -> 0 <= t <= 1 -> (forall i, (i < m)%nat -> Rabs (e i t) < width i) ->
  exists d, 0 < d /\ forall s, Rabs (s - t) < d -> forall i, (i < m)%nat -> Rabs (e i s) < width i.
Proof.
  intros Hm Ht. induction m as [|m IH]; intro H; [exists 1; split; [lra | intros; lia]|].
  destruct IH as [d1 [P1 H1]]; [lia | intros; apply H; lia |].
  assert (C : continuous (fun s => Rabs (e m s)) t).
  { apply (continuous_comp (e m) Rabs); [|apply continuous_Rabs].
    apply (ex_derive_continuous (e m)). exists (de m t). apply Hd; [lia | easy]. }
  destruct (C (fun y => y < width m) (open_lt _ _ (H m (Nat.lt_succ_diag_r m)))) as [d2 H2].
  exists (Rmin d1 d2). split; [apply Rmin_pos; [easy | apply cond_pos]|]. intros s Hs i Hi.
  destruct (Nat.eq_dec i m) as [->|Hne].
  - apply H2. change (Rabs (s - t) < d2). apply Rlt_le_trans with (1 := Hs). apply Rmin_r.
  - apply H1; [apply Rlt_le_trans with (1 := Hs); apply Rmin_l | lia].
Qed.
Theorem tube s : 0 <= s <= 1 -> inside s /\ forall i, (i < n)%nat -> Rabs (e i s) <= start i + growth i.
Proof.
  assert (K : forall t, 0 <= t <= 1 -> inside t).
  { apply segment_induction. intros t Ht below.
    destruct (near t n (le_n n) Ht) as [d [Pd H]].
    - intros i Hi. apply Rle_lt_trans with (1 := grown t Ht below i Hi). now apply Hstrict.
    - exists d. split; [easy|]. intros r _ Hr i Hi. now apply H. }
  intro Hs. split; [now apply K|]. apply grown; [easy|]. intros r Hr. apply K. lra.
Qed.
End Tube.

(* ---- Programs: each line may use the state and the lines before it ---- *)

Definition program := list expr.
Definition run (p : program) (x : list R) : list R :=
  fold_left (fun env e => env ++ [ev e (fun k => nth k env 0)]) p x.

Section Flow.
Variable m : nat.                 (* parameters z *)
Variable pr : positive.
Variable deg : nat.
Variable w : nat -> nat.
Variable n : nat.                 (* components of the state *)
Variable p : program.
Variable outs : list nat.         (* the lines that are f_1, ..., f_n *)

Notation model := (model (S m)).
Definition vector (x : nat -> R) : list R := map x (seq 0 n).
Definition field (x : nat -> R) (i : nat) : R := nth (nth i outs O) (run p (vector x)) 0.
Definition mrun (q : program) (x : list model) : list model :=
  fold_left (fun env e => env ++ [val (S m) (jets (S m) pr deg w 0 e (fun k => nth k env (zero (S m))))]) q x.

Record step := mkstep { duration : Z; phi : list (poly (S m)); eps : list Z }.
Definition state := list (Model.model m).

Fixpoint derive_from (k : Z) (f : list (poly m)) : list (poly m) :=
  match f with [] => [] | a :: r => pmap (Z.mul k) m a :: derive_from (k + 1) r end.
Definition derive (f : poly (S m)) : poly (S m) := match f with [] => [] | _ :: r => derive_from 1 r end.
Fixpoint at_one (f : list (poly m)) : poly m := match f with [] => pzero m | a :: r => padd m a (at_one r) end.

Definition phi_ (s : step) (i : nat) : poly (S m) := nth i (phi s) [].
Definition eps_ (s : step) (i : nat) : Z := nth i (eps s) 0%Z.
Definition state_ (S0 : state) (i : nat) : Model.model m := nth i S0 (mfail m).
Definition tubes (s : step) : list model := map (fun i => mk (phi_ s i : poly (S m)) (eps_ s i) true) (seq 0 n).
Definition start_ (S0 : state) (s : step) (i : nat) : Z :=
  let T := state_ S0 i in
  (size m (padd m (body T) (pmap Z.opp m (hd (pzero m) (phi_ s i)))) + rad T)%Z.
Definition speed (s : step) (env : list model) (i : nat) : model :=
  mscale (S m) (duration s) (Z.to_pos (unit pr)) (nth (nth i outs O) env (mfail (S m))).
Definition growth_ (s : step) (env : list model) (i : nat) : Z :=
  let F := speed s env i in (size (S m) (padd (S m) (body F) (pmap Z.opp (S m) (derive (phi_ s i)))) + rad F)%Z.
Definition after_step (S0 : state) (s : step) (env : list model) : state :=
  map (fun i => mk (at_one (phi_ s i)) (start_ S0 s i + growth_ s env i) true) (seq 0 n).
Definition step_ok (S0 : state) (s : step) (env : list model) : bool :=
  ((0 <? duration s)%Z && forallb (fun i => (valid (state_ S0 i) && valid (speed s env i) &&
     (0 <=? growth_ s env i) && (start_ S0 s i + growth_ s env i <? eps_ s i))%Z) (seq 0 n))%bool.

Notation U := (IZR (unit pr)).
Definition solution (x : nat -> R -> R) (T : R) : Prop :=
  forall t, 0 <= t <= T -> forall i, (i < n)%nat -> is_derive (x i) t (field (fun j => x j t) i).
Definition encloses_state (S0 : state) (z x : nat -> R) : Prop :=
  forall i, (i < n)%nat -> holds m pr (state_ S0 i) z (x i).

(* the parameters z and the time s *)
Definition with_time (z : nat -> R) (s : R) : nat -> R := fun k => if Nat.eqb k m then s else z k.
Definition related (y : nat -> R) (env : list model) (x : list R) : Prop :=
  length env = length x /\ forall k, (k < length x)%nat -> holds (S m) pr (nth k env (mfail (S m))) y (nth k x 0).

Lemma mrun_ok q y : (forall i, Rabs (y i) <= 1) -> forall env x, related y env x -> related y (mrun q env) (run q x).
Proof.
  intro Hy. induction q as [|e q IH]; intros env x H; [exact H|]. apply IH. destruct H as [Hl H].
  split; [now rewrite !app_length, Hl|]. intros k Hk. rewrite app_length in Hk. simpl in Hk.
  destruct (Nat.lt_ge_cases k (length x)) as [Hlt|Hge].
  - rewrite !app_nth1 by lia. now apply H.
  - replace k with (length x) by lia. rewrite app_nth2, <- Hl, Nat.sub_diag by lia.
    rewrite Hl, app_nth2, Nat.sub_diag by lia. simpl nth at 1. simpl nth.
    apply (jet_ok (S m) pr deg w 0 y Hy e). intro j.
    destruct (Nat.lt_ge_cases j (length x)) as [Hj|Hj].
    + rewrite (nth_indep env (zero (S m)) (mfail (S m))) by lia. now apply H.
    + rewrite !nth_overflow by lia. apply zero_ok.
Qed.

Lemma horner_with_time f z s : horner (fun a => pev m a (with_time z s)) s f = horner (fun a => pev m a z) s f.
Proof.
  assert (K : forall j, (j <= m)%nat -> forall a, pev j a (with_time z s) = pev j a z).
  { induction j as [|j IH]; intros Hj a; [easy|]. simpl.
    assert (with_time z s j = z j) as -> by (unfold with_time; now destruct (Nat.eqb_spec j m); [lia|]).
    clear -IH Hj. induction a as [|c r IHr]; [easy|]. simpl. now rewrite IHr, IH by lia. }
  induction f as [|a r IH]; [easy|]. simpl. now rewrite IH, K.
Qed.
Lemma pev_with_time f z s : pev (S m) f (with_time z s) = horner (fun a => pev m a z) s f.
Proof.
  simpl. assert (with_time z s m = s) as -> by (unfold with_time; now rewrite Nat.eqb_refl). apply horner_with_time.
Qed.
Lemma derive_from_ok f z : forall k s,
  is_derive (fun s => s ^ S k * horner (fun a => pev m a z) s f) s
            (s ^ k * horner (fun a => pev m a z) s (derive_from (Z.of_nat (S k)) f)).
Proof.
  induction f as [|a r IH]; intros k s; cbn [horner derive_from].
  - rewrite Rmult_0_r. apply (is_derive_ext (fun _ => 0)); [intro u; now rewrite Rmult_0_r | apply constant].
  - apply is_derive_ext with (fun s => pev m a z * s ^ S k + s ^ S (S k) * horner (fun a => pev m a z) s r).
    { intro u. reals. rewrite <- !tech_pow_Rmult. ring. }
    rewrite pev_scale. replace (Z.of_nat (S k) + 1)%Z with (Z.of_nat (S (S k))) by lia.
    apply is_derive_eq with (pev m a z * dpow (S k) s
      + s ^ S k * horner (fun a => pev m a z) s (derive_from (Z.of_nat (S (S k))) r)).
    + apply (is_derive_plus (fun s => pev m a z * s ^ S k)); [|apply IH].
      apply (is_derive_scal (fun s => s ^ S k)). apply is_derive_power.
    + unfold dpow. rewrite <- (tech_pow_Rmult s k). ring.
Qed.
Lemma derive_ok f z s : is_derive (fun s => horner (fun a => pev m a z) s f) s (horner (fun a => pev m a z) s (derive f)).
Proof.
  destruct f as [|a r]; cbn [derive horner]; [apply constant|].
  assert (K := derive_from_ok r z 0 s). simpl pow in K. rewrite Rmult_1_l in K.
  apply is_derive_eq with (0 + horner (fun a => pev m a z) s (derive_from 1 r)); [|ring].
  apply (is_derive_plus (fun _ => pev m a z)); [apply constant|].
  apply is_derive_ext with (2 := K). intro u. reals. ring.
Qed.
Lemma at_one_ok f z : pev m (at_one f) z = horner (fun a => pev m a z) 1 f.
Proof. induction f as [|a r IH]; simpl; [apply pev_zero|]. rewrite pev_add, IH. ring. Qed.
Lemma at_zero f z : pev m (hd (pzero m) f) z = horner (fun a => pev m a z) 0 f.
Proof. destruct f as [|a r]; simpl; [apply pev_zero | ring]. Qed.

Theorem step_sound S0 s z x a T :
  (forall i, Rabs (z i) <= 1) -> solution x T -> 0 <= a -> a + IZR (duration s) / U <= T ->
  step_ok S0 s (mrun p (tubes s)) = true -> encloses_state S0 z (fun i => x i a) ->
  let h := IZR (duration s) / U in
  0 < h /\
  (forall r, 0 <= r <= 1 -> related (with_time z r) (tubes s) (vector (fun i => x i (a + r * h)))) /\
  encloses_state (after_step S0 s (mrun p (tubes s))) z (fun i => x i (a + h)).
Proof.
  intros Hz Hsol Ha HaT Hok Hin h. set (env := mrun p (tubes s)) in *. assert (HU := U_pos pr).
  apply andb_prop in Hok. destruct Hok as [Hdur Hok]. apply Z.ltb_lt, IZR_lt in Hdur. rewrite forallb_forall in Hok.
  assert (Hh : 0 < h) by (apply Rmult_lt_0_compat; [easy | now apply Rinv_0_lt_compat]).
  set (f := fun i r => horner (fun a => pev m a z) r (phi_ s i)).
  set (df := fun i r => horner (fun a => pev m a z) r (derive (phi_ s i))).
  set (e := fun i r => x i (a + r * h) * U - f i r).
  set (de := fun i r => h * field (fun j => x j (a + r * h)) i * U - df i r).
  assert (Hyt : forall r, 0 <= r <= 1 -> forall i, Rabs (with_time z r i) <= 1).
  { intros r Hr i. unfold with_time. destruct (Nat.eqb i m); [apply Rabs_le; lra | apply Hz]. }
  assert (Hrel : forall r, (forall j, (j < n)%nat -> Rabs (e j r) <= IZR (eps_ s j)) ->
            related (with_time z r) (tubes s) (vector (fun i => x i (a + r * h)))).
  { intros r He. unfold tubes, vector. split; [now rewrite !map_length|].
    intros k Hk. rewrite map_length, seq_length in Hk. rewrite !nth_map_seq by easy.
    intros _. cbn [body rad]. rewrite pev_with_time. now apply He. }
  assert (K : forall i, (i < n)%nat -> valid (state_ S0 i) = true /\ valid (speed s env i) = true /\
             (0 <= growth_ s env i)%Z /\ (start_ S0 s i + growth_ s env i < eps_ s i)%Z).
  { intros i Hi. assert (Q := Hok i). rewrite in_seq in Q. specialize (Q ltac:(lia)).
    apply andb_prop in Q. destruct Q as [Q Q4]. apply andb_prop in Q. destruct Q as [Q Q3].
    apply andb_prop in Q. destruct Q as [Q1 Q2]. apply Z.ltb_lt in Q4. apply Z.leb_le in Q3. now repeat split. }
  assert (R : forall r, 0 <= r <= 1 -> (forall i, (i < n)%nat -> Rabs (e i r) < IZR (eps_ s i)) /\
            forall i, (i < n)%nat -> Rabs (e i r) <= IZR (start_ S0 s i) + IZR (growth_ s env i)).
  { intros r Hr. apply (tube n e de (fun i => IZR (start_ S0 s i)) (fun i => IZR (growth_ s env i)) (fun i => IZR (eps_ s i)));
      [| | | | |exact Hr].
    - intros i Hi u Hu. unfold e, de.
      apply (is_derive_minus (fun u => x i (a + u * h) * U) (f i)); [|apply derive_ok].
      apply is_derive_ext with (fun u => U * x i (a + u * h)); [intro; reals; ring|].
      apply is_derive_eq with (U * (h * field (fun j => x j (a + u * h)) i)); [|ring].
      apply (is_derive_scal (fun u => x i (a + u * h))).
      apply (is_derive_comp (x i) (fun u => a + u * h)).
      + apply Hsol; [|easy]. fold h in HaT. nra.
      + auto_derive; [easy | ring].
    - intros i Hi. destruct (K i Hi) as [V _]. specialize (Hin i Hi V). cbv beta in Hin. unfold e. rewrite Rmult_0_l, Rplus_0_r.
      unfold start_. rewrite plus_IZR. unfold f. rewrite <- at_zero.
      set (T0 := body (state_ S0 i)) in *. set (P0 := hd _ _).
      assert (B := pev_bound z Hz m (padd m T0 (pmap Z.opp m P0))). rewrite pev_add, pev_opp in B.
      replace (x i a * U - pev m P0 z) with ((pev m T0 z + - pev m P0 z) + (x i a * U - pev m T0 z)) by ring.
      apply Rle_trans with (1 := Rabs_triang _ _). now apply Rplus_le_compat.
    - intros u Hu He i Hi. destruct (K i Hi) as [_ [V _]].
      assert (Q := mrun_ok p (with_time z u) (Hyt u Hu) _ _ (Hrel u (fun j Hj => Rlt_le _ _ (He j Hj)))). fold env in Q.
      assert (F : holds (S m) pr (speed s env i) (with_time z u) (h * field (fun j => x j (a + u * h)) i)).
      { unfold speed. apply holds_eq with (IZR (duration s) / IZR (Z.pos (Z.to_pos (unit pr))) * field (fun j => x j (a + u * h)) i).
        - apply mscale_ok; [now apply Hyt|]. unfold field. destruct Q as [Ql Q].
          destruct (Nat.lt_ge_cases (nth i outs O) (length (run p (vector (fun j => x j (a + u * h)))))) as [Hk|Hk].
          + now apply Q.
          + rewrite (nth_overflow env) by lia. apply mfail_ok.
        - rewrite Z2Pos.id by apply unit_pos. reflexivity. }
      specialize (F V). unfold growth_. rewrite plus_IZR. unfold de, df.
      assert (B := pev_bound (with_time z u) (Hyt u Hu) (S m) (padd (S m) (body (speed s env i)) (pmap Z.opp (S m) (derive (phi_ s i))))).
      rewrite pev_add, pev_opp, (pev_with_time (derive _)) in B.
      set (D := horner (fun a => pev m a z) u (derive (phi_ s i))) in *.
      set (P := pev (S m) (body (speed s env i)) (with_time z u)) in *.
      replace (_ - D) with ((P + - D) + (h * field (fun j => x j (a + u * h)) i * U - P)) by ring.
      apply Rle_trans with (1 := Rabs_triang _ _). now apply Rplus_le_compat.
    - intros i Hi. destruct (K i Hi) as [_ [_ [_ Q]]]. rewrite <- plus_IZR. now apply IZR_lt.
    - intros i Hi. destruct (K i Hi) as [_ [_ [Q _]]]. now apply IZR_le. }
  split; [exact Hh|]. split.
  - intros r Hr. apply Hrel. intros j Hj. left. now apply R.
  - intros i Hi _. unfold state_, after_step. rewrite nth_map_seq by easy. cbn [body rad]. rewrite at_one_ok, plus_IZR.
    assert (Q := proj2 (R 1 ltac:(lra)) i Hi). unfold e in Q. rewrite Rmult_1_l in Q. exact Q.
Qed.
End Flow.
Print Assumptions step_sound.
