/* Motions of several joints over time: quintic Hermite segments, cubic splines, and how one comes to follow the other.
 *
 * Arrays are double precision, row-major, and the caller's; their shapes stand in curves.py. Knots are a block: times,
 * positions, velocities, accelerations. Nothing is remembered.
 * What is not a number stays one, so that no comparison with a limit is passed by accident.
 */
#include <math.h>

enum { DEGREE = 5, DEEPEST = 48 };

/* Share of the largest coefficient by which a bound may exceed the value that it stands for. */
static const double CLOSE = 1e-10;

static double larger(double a, double b)
{
  return (a >= b || isnan(a)) ? a : b;
}

/* The segment of `knots` increasing times that holds `at`. A knot belongs to the segment after it, or the one `before`. */
static long segment_of(long knots, const double *times, double at, int before)
{
  long low = 0, high = knots - 2;
  while (low < high) {
    const long middle = low + (high - low) / 2;
    const double end = times[middle + 1];
    if (before ? at <= end : at < end)
      high = middle;
    else
      low = middle + 1;
  }
  return low;
}

/* Position, velocity, acceleration and jerk at `count` times, or just `before` them; at rest outside of the knots. */
void steadyhand_sample(long knots, long joints, const double *block, long count, const double *at, int before,
                       double *out)
{
  const double *const times = block, *const p = times + knots, *const v = p + knots * joints, *const a = v + knots * joints;
  const long size = count * joints;
  for (long m = 0; m < count; ++m) {
    const long k = segment_of(knots, times, at[m], before);
    const double begin = times[k], end = times[k + 1], h = end - begin, h2 = h * h, h3 = h2 * h;
    const double s = (at[m] < begin ? begin : at[m] > end ? end : at[m]) - begin;
    const int rests = at[m] < times[0] || (before && at[m] == times[0]) || at[m] > times[knots - 1];
    for (long j = 0; j < joints; ++j) {
      const long i = k * joints + j, next = i + joints;
      const double dp = p[next] - p[i] - v[i] * h - 0.5 * a[i] * h2, dv = v[next] - v[i] - a[i] * h, da = a[next] - a[i];
      const double c2 = 0.5 * a[i];
      const double c3 = (10.0 * dp - 4.0 * dv * h + 0.5 * da * h2) / h3;
      const double c4 = (-15.0 * dp + 7.0 * dv * h - da * h2) / (h3 * h);
      const double c5 = (6.0 * dp - 3.0 * dv * h + 0.5 * da * h2) / (h3 * h2);
      double *to = out + m * joints + j;
      to[0] = p[i] + s * (v[i] + s * (c2 + s * (c3 + s * (c4 + s * c5))));
      to[size] = rests ? 0.0 : v[i] + s * (2.0 * c2 + s * (3.0 * c3 + s * (4.0 * c4 + s * 5.0 * c5)));
      to[2 * size] = rests ? 0.0 : 2.0 * c2 + s * (6.0 * c3 + s * (12.0 * c4 + s * 20.0 * c5));
      to[3 * size] = rests ? 0.0 : 6.0 * c3 + s * (24.0 * c4 + s * 60.0 * c5);
    }
  }
}

/* The larger of `floor` and the largest value on [0, 1] of a polynomial, given by its Bernstein coefficients.
 *
 * A polynomial never leaves the span of its coefficients, the first and last of which are its values at the ends
 * (Farin, "Curves and Surfaces for CAGD"). So only one whose span reaches beyond the floor is looked at, by halves (de
 * Casteljau). What comes out in the end is the bound, on the safe side of the value.
 */
static double highest(int degree, const double *control, double floor, double close, int depth)
{
  double top = control[0];
  for (int k = 1; k <= degree; ++k)
    top = larger(top, control[k]);
  if (top <= floor)
    return floor;
  floor = larger(floor, larger(control[0], control[degree]));
  if (top - floor <= close || depth == DEEPEST)
    return top;
  double row[DEGREE + 1], left[DEGREE + 1], right[DEGREE + 1];
  for (int k = 0; k <= degree; ++k)
    row[k] = control[k];
  for (int k = 0; k <= degree; ++k) {
    left[k] = row[0];
    right[degree - k] = row[degree - k];
    for (int i = 0; i < degree - k; ++i)
      row[i] = 0.5 * (row[i] + row[i + 1]);
  }
  floor = highest(degree, left, floor, close, depth + 1);
  return highest(degree, right, floor, close, depth + 1);
}

static double highest_of(int degree, const double *control, double floor)
{
  double size = 0.0;
  for (int k = 0; k <= degree; ++k)
    size = larger(size, fabs(control[k]));
  if (!isfinite(size))
    return NAN;
  return isnan(floor) ? floor : highest(degree, control, floor, CLOSE * size, 0);
}

static double largest_of(int degree, const double *control, double floor)
{
  double opposite[DEGREE + 1];
  for (int k = 0; k <= degree; ++k)
    opposite[k] = -control[k];
  return highest_of(degree, opposite, highest_of(degree, control, floor));
}

static int keep(int degree, const double *control, double lowest, double highest)
{
  int inside = 1;
  for (int k = 0; k <= degree; ++k)
    inside &= control[k] >= lowest && control[k] <= highest;
  return inside;
}

/* Lowest and highest position, and largest speed, acceleration and jerk of every joint over all segments. */
void steadyhand_extrema(long knots, long joints, const double *block, double *out)
{
  const double *const times = block, *const p = times + knots, *const v = p + knots * joints, *const a = v + knots * joints;
  for (long j = 0; j < joints; ++j) {
    double found[5] = {-INFINITY, -INFINITY, 0.0, 0.0, 0.0};
    /* Most segments lie within what the knots show already. */
    for (long i = j; i < knots * joints; i += joints) {
      found[0] = larger(found[0], -p[i]);
      found[1] = larger(found[1], p[i]);
      found[2] = larger(found[2], fabs(v[i]));
      found[3] = larger(found[3], fabs(a[i]));
    }
    for (long k = 0; k + 1 < knots; ++k) {
      const long i = k * joints + j, next = i + joints;
      const double h = times[k + 1] - times[k], h2 = h * h, dp = p[next] - p[i];
      /* Positions less the first: near zero differences of large positions would be lost. */
      double position[6] = {0.0, 0.2 * v[i] * h, 0.4 * v[i] * h + 0.05 * a[i] * h2,
                            dp - 0.4 * v[next] * h + 0.05 * a[next] * h2, dp - 0.2 * v[next] * h, dp};
      double velocity[5], acceleration[4], jerk[3], opposite[6];
      for (int m = 0; m < 5; ++m)
        velocity[m] = 5.0 * (position[m + 1] - position[m]) / h;
      for (int m = 0; m < 4; ++m)
        acceleration[m] = 4.0 * (velocity[m + 1] - velocity[m]) / h;
      for (int m = 0; m < 3; ++m)
        jerk[m] = 3.0 * (acceleration[m + 1] - acceleration[m]) / h;
      for (int m = 0; m < 6; ++m) {
        position[m] += p[i];
        opposite[m] = -position[m];
      }
      if (!keep(5, position, -found[0], found[1])) {
        found[0] = highest_of(5, opposite, found[0]);
        found[1] = highest_of(5, position, found[1]);
      }
      if (!keep(4, velocity, -found[2], found[2]))
        found[2] = largest_of(4, velocity, found[2]);
      if (!keep(3, acceleration, -found[3], found[3]))
        found[3] = largest_of(3, acceleration, found[3]);
      if (!keep(2, jerk, -found[4], found[4]))
        found[4] = largest_of(2, jerk, found[4]);
    }
    found[0] = -found[0];
    for (int m = 0; m < 5; ++m)
      out[m * joints + j] = found[m];
  }
}

/* Power basis of every segment of the cubic spline through rows, see RowSpline; `work` has room for rows * (joints + 2). */
void steadyhand_spline(long rows, long joints, const double *times, const double *positions, double *work, double *out)
{
  /* Second derivatives at the rows, of a system that is symmetric, positive definite and tridiagonal. The first row's
   * is the second one's, which therefore takes its part; the last row's is nothing. */
  double *const curvature = work, *const diagonal = work + rows * joints, *const above = diagonal + rows;
  for (long r = 1; r + 1 < rows; ++r) {
    const double h0 = times[r] - times[r - 1], h1 = times[r + 1] - times[r];
    const double below = r > 1 ? above[r - 1] : 0.0, factor = r > 1 ? below / diagonal[r - 1] : 0.0;
    diagonal[r] = (h0 + h1) / 3.0 + (r == 1 ? h0 / 6.0 : 0.0) - factor * below;
    above[r] = h1 / 6.0;
    for (long j = 0; j < joints; ++j) {
      const long i = r * joints + j;
      const double change = (positions[i + joints] - positions[i]) / h1 - (positions[i] - positions[i - joints]) / h0;
      curvature[i] = change - (r > 1 ? factor * curvature[i - joints] : 0.0);
    }
  }
  for (long j = 0; j < joints; ++j)
    curvature[(rows - 1) * joints + j] = 0.0;
  for (long r = rows - 2; r >= 1; --r)
    for (long j = 0; j < joints; ++j) {
      const long i = r * joints + j;
      curvature[i] = (curvature[i] - above[r] * curvature[i + joints]) / diagonal[r];
    }
  for (long j = 0; j < joints; ++j)
    curvature[j] = curvature[(rows > 2 ? 1 : rows - 1) * joints + j];
  for (long r = 0; r + 1 < rows; ++r)
    for (long j = 0; j < joints; ++j) {
      const long i = r * joints + j, next = i + joints;
      const double h = times[r + 1] - times[r];
      double *const c = out + 4 * r * joints + j;
      c[0] = positions[i];
      c[joints] = (positions[next] - positions[i]) / h - h * (2.0 * curvature[i] + curvature[next]) / 6.0;
      c[2 * joints] = 0.5 * curvature[i];
      c[3 * joints] = (curvature[next] - curvature[i]) / (6.0 * h);
    }
}

/* Position, velocity, acceleration and jerk of one joint's spline. */
static void cubic(long rows, long joints, const double *times, const double *coefficients, long joint, double at,
                  double out[4])
{
  const long k = segment_of(rows, times, at, 0);
  const double *const c = coefficients + 4 * k * joints + joint;
  const double s = at - times[k], c1 = c[joints], c2 = c[2 * joints], c3 = c[3 * joints];
  out[0] = c[0] + s * (c1 + s * (c2 + s * c3));
  out[1] = c1 + s * (2.0 * c2 + s * 3.0 * c3);
  out[2] = 2.0 * c2 + s * 6.0 * c3;
  out[3] = 6.0 * c3;
}

/* Position, velocity, acceleration and jerk of a spline at `count` times; its outer polynomials go on beyond its rows. */
void steadyhand_spline_at(long rows, long joints, const double *times, const double *coefficients, long count,
                          const double *at, double *out)
{
  for (long m = 0; m < count; ++m)
    for (long j = 0; j < joints; ++j) {
      double found[4];
      cubic(rows, joints, times, coefficients, j, at[m], found);
      for (long order = 0; order < 4; ++order)
        out[(order * count + m) * joints + j] = found[order];
    }
}

/* How much a motion turns at one of its samples, `step` apart: the largest of its acceleration and of the jerk before and
 * after, which counts for the time `turn`; both as shares of limits, Euclidean over the joints.
 */
static double turning(long joints, const double *here, double step, double turn, const double *limits)
{
  double sums[3] = {0.0, 0.0, 0.0};
  for (long j = 0; j < joints; ++j) {
    const double share = here[j] / limits[j];
    const double before = share - here[j - joints] / limits[j], after = here[j + joints] / limits[j] - share;
    sums[0] += share * share;
    sums[1] += before * before;
    sums[2] += after * after;
  }
  return larger(sqrt(sums[0]), turn / step * sqrt(larger(sums[1], sums[2])));
}

/* The first of `count` moments `step` apart at which neither knots nor spline turn more than `worth` times as much as at the
 * calmest. The spline counts as what is followed at a `speed`. Returns its number, 0 where something is no number. There is
 * room for 1 + 8 `joints` doubles for each moment and two more.
 */
long steadyhand_calmest(long knots, long joints, const double *block, long rows, long spline_joints,
                        const double *row_times, const double *coefficients, long count, double earliest, double step,
                        double turn, double speed, const double *limits, double worth, double *room)
{
  const long samples = count + 2, size = samples * joints;
  double *const at = room, *const commanded = at + samples, *const asked = commanded + 4 * size, *const turns = at;
  const double begin = row_times[0], end = row_times[rows - 1];
  for (long m = 0; m < samples; ++m)
    at[m] = earliest + (double)(m - 1) * step;
  steadyhand_sample(knots, joints, block, samples, at, 0, commanded);
  for (long m = 0; m < samples; ++m)
    at[m] = at[m] < begin ? begin : at[m] > end ? end : at[m];
  steadyhand_spline_at(rows, spline_joints, row_times, coefficients, samples, at, asked);
  double least = INFINITY;
  for (long m = 0; m < count; ++m) {
    const long accelerations = 2 * size + (m + 1) * joints;
    turns[m] = larger(turning(joints, commanded + accelerations, step, turn, limits),
                      speed * speed * turning(joints, asked + accelerations, step, turn, limits));
    if (turns[m] < least)
      least = turns[m];
  }
  for (long m = 0; m < count; ++m)
    if (turns[m] <= worth * least)
      return m;
  return 0;
}

/* One joint's spline at the hand-over, and `count` starts less it, derivatives in the time of a join that lasts 1. */
static void changes(long rows, long joints, const double *times, const double *coefficients, long joint,
                    double handover, double duration, long count, const double *starts, double ahead[4],
                    double change[4])
{
  double scale = 1.0;
  cubic(rows, joints, times, coefficients, joint, handover, ahead);
  for (long i = 0; i < count; ++i, scale *= duration)
    change[i] = (starts[i * joints + joint] - ahead[i]) * scale;
}

/* How joins of several durations would go, at a few points of each: see blend.py.
 *
 * `starts` are position, velocity, acceleration and jerk that are commanded at the hand-over; `fixed` and `loose` the
 * values of velocity, acceleration and jerk of the bases of joins that begin with a given jerk, and with any. For every
 * duration: the jerk that each joint begins with, the peak of all jerks by their limits, and by what time would have to
 * be stretched, beginning so and with any jerk.
 */
void steadyhand_blends(long rows, long joints, const double *times, const double *coefficients, double handover,
                       const double *starts, const double *limits, long points, const double *shares,
                       const double *fixed, const double *loose, long count, const double *durations, double *jerks,
                       double *peaks, double *excess)
{
  for (long m = 0; m < count; ++m) {
    const double scale = 1.0 / durations[m];
    double worst[2][3] = {{0.0, 0.0, 0.0}, {0.0, 0.0, 0.0}};
    peaks[m] = 0.0;
    for (long j = 0; j < joints; ++j) {
      /* Beginning with the jerk of the chunk, with the commanded one, and with any. */
      double most[3][3] = {{0.0, 0.0, 0.0}, {0.0, 0.0, 0.0}, {0.0, 0.0, 0.0}};
      double ahead[4], change[4];
      changes(rows, joints, times, coefficients, j, handover, durations[m], 4, starts, ahead, change);
      for (long u = 0; u < points; ++u) {
        double chunk[4], factor = scale;
        cubic(rows, joints, times, coefficients, j, handover + shares[u] * durations[m], chunk);
        for (long order = 0; order < 3; ++order, factor *= scale) {
          const double *const four = fixed + 4 * (order * points + u), *const three = loose + 3 * (order * points + u);
          const double own = chunk[order + 1] + factor * (four[0] * change[0] + four[1] * change[1] + four[2] * change[2]);
          const double any = chunk[order + 1] + factor * (three[0] * change[0] + three[1] * change[1] + three[2] * change[2]);
          most[0][order] = larger(most[0][order], fabs(own));
          most[1][order] = larger(most[1][order], fabs(own + factor * four[3] * change[3]));
          most[2][order] = larger(most[2][order], fabs(any));
        }
      }
      const int keeps = most[1][2] < most[0][2];
      jerks[m * joints + j] = keeps ? starts[3 * joints + j] : ahead[3];
      peaks[m] = larger(peaks[m], most[keeps][2] / limits[2 * joints + j]);
      for (long order = 0; order < 3; ++order) {
        worst[0][order] = larger(worst[0][order], most[keeps][order] / limits[order * joints + j]);
        worst[1][order] = larger(worst[1][order], most[2][order] / limits[order * joints + j]);
      }
    }
    for (long sort = 0; sort < 2; ++sort)
      excess[sort * count + m] = larger(worst[sort][0], larger(sqrt(worst[sort][1]), cbrt(worst[sort][2])));
  }
}

/* The knots of a motion from `starts` onto a spline that it follows alone from `meet` on: see join.py. Returns how many.
 *
 * `bases` holds the coefficients, lowest degree first, of the bases of position, velocity and acceleration as columns.
 */
long steadyhand_join(long rows, long joints, const double *times, const double *coefficients, double handover,
                     double meet, double longest, double apart, long count, const double *starts, const double *bases,
                     double *knots, long room)
{
  const double duration = meet - handover;
  double *out;
  long total = 0, inside = 0;
  double begin = handover;
  for (long r = 0; r <= rows; ++r) {
    const double end = r < rows && times[r] < meet - apart ? times[r] : meet;
    if (end < meet && end <= handover + apart)
      continue;
    const double parts = larger(ceil((end - begin) / longest - 1e-9), 1.0);
    for (double part = 0.0; part < parts && total < room; part += 1.0)
      knots[total++] = begin + part * (end - begin) / parts;
    begin = end;
    if (end == meet)
      break;
  }
  inside = total;
  if (total < room)
    knots[total++] = meet;
  for (long r = 0; r < rows && total < room; ++r)
    if (times[r] > meet + apart)
      knots[total++] = times[r];
  out = knots + total;
  for (long j = 0; j < joints; ++j) {
    double ahead[4], change[4];
    changes(rows, joints, times, coefficients, j, handover, duration, count, starts, ahead, change);
    for (long m = 0; m < total; ++m) {
      double found[4], divisor = 1.0;
      cubic(rows, joints, times, coefficients, j, knots[m], found);
      const double u = (knots[m] - handover) / duration;
      for (long order = 0; order < 3; ++order, divisor *= duration) {
        double offset = 0.0;
        if (m < inside)
          for (long power = 2 * count - 1; power >= 0; --power) {
            double coefficient = 0.0;
            for (long i = 0; i < count; ++i)
              coefficient += bases[(order * 2 * count + power) * count + i] * change[i];
            offset = offset * u + coefficient;
          }
        out[(order * total + m) * joints + j] = m == 0 ? starts[order * joints + j] : found[order] + offset / divisor;
      }
    }
  }
  return total;
}
