(* Surfaces: the words of the theorems about H = 1/2 (a p^2 + 2 b p r + c r^2), where A = (a b; b c) is a positive definite matrix
   of functions of (x, y), the inverse of a metric of constant curvature kappa. This file holds definitions only.

   hamilton, linearized: Hamilton's equations and their linearization, with the derivatives of H as the calculus has them.
   gauss: the numerator of Gauss' curvature, in the derivatives of A.
   focal11, focal12, focal22: the matrix E(T) that decides, at one point, about focal times until T. With the speed
   s2 = A du.du, y = kappa s2 T^2, the velocity v = A du and the contravariant Hessian K of u,

     E(T) = C(y) A + kappa T^2 k(y) v v' + T S(y) K,   C(y) = cos sqrt y,  S(y) = sin(sqrt y)/sqrt y,  k(y) = (S(y) - C(y))/y. *)
From Coq Require Import Reals Arith.
From Coquelicot Require Import Coquelicot.
From Caustic Require Import Expr Flat.
Open Scope R_scope.

(* ---- Equations ---- *)

(* Partial derivatives of functions of x, y, p, r and of x, y *)
Definition Dx (f : R -> R -> R -> R -> R) x y p r := Derive (fun s => f s y p r) x.
Definition Dy (f : R -> R -> R -> R -> R) x y p r := Derive (fun s => f x s p r) y.
Definition Dp (f : R -> R -> R -> R -> R) x y p r := Derive (fun s => f x y s r) p.
Definition Dr (f : R -> R -> R -> R -> R) x y p r := Derive (fun s => f x y p s) r.
Definition dx (f : R -> R -> R) x y := Derive (fun s => f s y) x.
Definition dy (f : R -> R -> R) x y := Derive (fun s => f x s) y.

(* a path t -> (x, y, p, r) in the chart, over [0, T] *)
Definition hamilton (H : R -> R -> R -> R -> R) (chart : R -> R -> Prop) (T : R) (x y p r : R -> R) : Prop :=
  forall t, 0 <= t <= T -> chart (x t) (y t) /\
    is_derive x t (Dp H (x t) (y t) (p t) (r t)) /\ is_derive y t (Dr H (x t) (y t) (p t) (r t)) /\
    is_derive p t (- Dx H (x t) (y t) (p t) (r t)) /\ is_derive r t (- Dy H (x t) (y t) (p t) (r t)).
(* (X, Y, P, R) solves the linearized equations along it *)
Definition linearized (H : R -> R -> R -> R -> R) (T : R) (x y p r X Y P R : R -> R) : Prop :=
  forall t, 0 <= t <= T ->
    let d F := Dx F (x t) (y t) (p t) (r t) * X t + Dy F (x t) (y t) (p t) (r t) * Y t
             + Dp F (x t) (y t) (p t) (r t) * P t + Dr F (x t) (y t) (p t) (r t) * R t in
    is_derive X t (d (Dp H)) /\ is_derive Y t (d (Dr H)) /\ is_derive P t (- d (Dx H)) /\ is_derive R t (- d (Dy H)).

(* The characteristic of u0 from (x0, y0) over [0, T] and the two columns of the derivative of the flow by (x0, y0) *)
Definition characteristic (H : R -> R -> R -> R -> R) (u0 : R -> R -> R) (chart : R -> R -> Prop) (x0 y0 T : R)
    (x y p r X1 Y1 P1 R1 X2 Y2 P2 R2 : R -> R) : Prop :=
  hamilton H chart T x y p r /\ linearized H T x y p r X1 Y1 P1 R1 /\ linearized H T x y p r X2 Y2 P2 R2 /\
  (x 0 = x0 /\ y 0 = y0 /\ p 0 = dx u0 x0 y0 /\ r 0 = dy u0 x0 y0) /\
  (X1 0 = 1 /\ Y1 0 = 0 /\ P1 0 = dx (dx u0) x0 y0 /\ R1 0 = dx (dy u0) x0 y0) /\
  (X2 0 = 0 /\ Y2 0 = 1 /\ P2 0 = dy (dx u0) x0 y0 /\ R2 0 = dy (dy u0) x0 y0).

Definition kinetic (a b c : R -> R -> R) (x y p r : R) : R := (a x y * p ^ 2 + 2 * b x y * (p * r) + c x y * r ^ 2) / 2.

(* ---- Formulas ---- *)

(* value, first and second derivatives *)
Record jet2 := { jv : R; jx : R; jy : R; jxx : R; jxy : R; jyy : R }.
Definition jet2_of (e : expr) (x y : R) : jet2 :=
  let q := env2 x y in {| jv := ev e q; jx := gr e 0 q; jy := gr e 1 q; jxx := he e 0 0 q; jxy := he e 1 0 q; jyy := he e 1 1 q |}.

Section Jets.
Variables A B C U : jet2.
Let a := jv A.
Let b := jv B.
Let c := jv C.

(* a c - b^2 *)
Definition det2 : jet2 :=
  {| jv := a * c - b * b;
     jx := jx A * c + a * jx C - 2 * (b * jx B);
     jy := jy A * c + a * jy C - 2 * (b * jy B);
     jxx := jxx A * c + 2 * (jx A * jx C) + a * jxx C - 2 * (jx B * jx B + b * jxx B);
     jxy := jxy A * c + jx A * jy C + jy A * jx C + a * jxy C - 2 * (jx B * jy B + b * jxy B);
     jyy := jyy A * c + 2 * (jy A * jy C) + a * jyy C - 2 * (jy B * jy B + b * jyy B) |}.

(* 4 det^2 times the curvature of the metric A^-1 (Frobenius' formula, in terms of A) *)
Definition gauss : R :=
  let D := det2 in
  3 * (jv D * ((jx A + jy B) * jx D + (jx B + jy C) * jy D) - (a * (jx D * jx D) + 2 * b * (jx D * jy D) + c * (jy D * jy D)))
  - 2 * jv D * (jv D * (jxx A + 2 * jxy B + jyy C) - (a * jxx D + 2 * b * jxy D + c * jyy D))
  + jv D * (c * (jx B * jy A - jy B * jx A) - jx C * (b * jy A - jy B * a) + jy C * (b * jx A - jx B * a)).
Definition has_curvature (kappa : R) : Prop := gauss = 4 * kappa * (jv det2 * jv det2).

(* velocity and squared speed *)
Definition vel1 : R := a * jx U + b * jy U.
Definition vel2 : R := b * jx U + c * jy U.
Definition speed2 : R := vel1 * jx U + vel2 * jy U.

(* A^ik A^jl u_kl + 1/2 (A^ik d_k A^jl + A^jk d_k A^il - A^lk d_k A^ij) u_l *)
Definition hess11 : R :=
  a * a * jxx U + 2 * (a * b) * jxy U + b * b * jyy U
  + (a * jx A + b * jy A) / 2 * jx U + (a * jx B + b * jy B - (b * jx A + c * jy A) / 2) * jy U.
Definition hess12 : R :=
  a * b * jxx U + (a * c + b * b) * jxy U + b * c * jyy U
  + (b * jx A + c * jy A) / 2 * jx U + (a * jx C + b * jy C) / 2 * jy U.
Definition hess22 : R :=
  b * b * jxx U + 2 * (b * c) * jxy U + c * c * jyy U
  + (b * jx B + c * jy B - (a * jx C + b * jy C) / 2) * jx U + (b * jx C + c * jy C) / 2 * jy U.
End Jets.

(* ---- Three entire functions ---- *)

(* cos sqrt y, sin(sqrt y)/sqrt y, and their difference over y; for y < 0, cosh sqrt(-y), sinh sqrt(-y)/sqrt(-y) *)
Definition cosine_ (n : nat) : R := (-1) ^ n / INR (fact (2 * n)).
Definition sine_ (n : nat) : R := (-1) ^ n / INR (fact (2 * n + 1)).
Definition quotient_ (n : nat) : R := (-1) ^ n * INR (2 * n + 2) / INR (fact (2 * n + 3)).
Definition Cosine : R -> R := PSeries cosine_.
Definition Sine : R -> R := PSeries sine_.
Definition Quotient : R -> R := PSeries quotient_.

Section Matrix.
Variables (kappa T : R) (A B C U : jet2).
Definition angle2 : R := kappa * speed2 A B C U * (T * T).
Definition focal11 : R :=
  Cosine angle2 * jv A + kappa * (T * T) * Quotient angle2 * (vel1 A B U * vel1 A B U) + T * Sine angle2 * hess11 A B C U.
Definition focal12 : R :=
  Cosine angle2 * jv B + kappa * (T * T) * Quotient angle2 * (vel1 A B U * vel2 B C U) + T * Sine angle2 * hess12 A B C U.
Definition focal22 : R :=
  Cosine angle2 * jv C + kappa * (T * T) * Quotient angle2 * (vel2 B C U * vel2 B C U) + T * Sine angle2 * hess22 A B C U.
End Matrix.

(* where the formulas are defined and A is positive definite *)
Definition regular (ea eb ec : expr) (x y : R) : Prop :=
  let q := env2 x y in
  (defined ea q /\ defined eb q /\ defined ec q) /\ 0 < ev ea q /\ 0 < ev ea q * ev ec q - ev eb q * ev eb q.
