/* Whole motions out of others: parts and sequels, stops along a path, and phases of constant jerk.
 *
 * Arrays as in curves.c: knots are a block of times, positions, velocities, accelerations, and so is what comes out.
 */
#include <math.h>
#include <string.h>

void steadyhand_sample(long knots, long joints, const double *block, long count, const double *at, int before,
                       double *out);
void steadyhand_extrema(long knots, long joints, const double *block, double *out);

/* The part of a motion from `start` to `end`, where it gets knots, and after it what `other` does after its first knot.
 *
 * Knots closer than `apart` to a cut are left out. Returns the number of knots.
 */
long steadyhand_cut(long knots, long joints, const double *block, double start, double end, double apart, long others,
                    const double *other, double *out)
{
  double state[4 * joints];
  const double cuts[2] = {start, end};
  long first = 0, last = knots;
  while (first < knots && block[first] <= start + apart)
    ++first;
  while (last > first && block[last - 1] >= end - apart)
    --last;
  const long kept = last - first, after = others > 0 ? others - 1 : 0, total = kept + 2 + after;
  memcpy(out + 1, block + first, kept * sizeof *out);
  for (long order = 0; order < 3; ++order)
    memcpy(out + total + (order * total + 1) * joints, block + knots + (order * knots + first) * joints,
           kept * joints * sizeof *out);
  if (after > 0)
    memcpy(out + kept + 2, other + 1, after * sizeof *out);
  for (long order = 0; after > 0 && order < 3; ++order)
    memcpy(out + total + (order * total + kept + 2) * joints, other + others + (order * others + 1) * joints,
           after * joints * sizeof *out);
  for (long m = 0; m < 2; ++m) {
    const long row = m * (kept + 1);
    steadyhand_sample(knots, joints, block, 1, cuts + m, 0, state);
    out[row] = cuts[m];
    for (long order = 0; order < 3; ++order)
      memcpy(out + total + (order * total + row) * joints, state + order * joints, joints * sizeof *out);
  }
  return total;
}

/* A motion from `time` on whose own time is slowed to rest over `duration`: see brake.py. */
static void slowed(long knots, long joints, const double *block, double time, double duration, long count, double *out)
{
  double state[4 * joints];
  for (long m = 0; m < count; ++m) {
    const double s = m + 1 < count ? (double)m / (double)(count - 1) : 1.0;
    const double at = time + duration * (s - s * s * s + 0.5 * s * s * s * s);
    const double rate = 1.0 - 3.0 * s * s + 2.0 * s * s * s, change = 6.0 * s * (s - 1.0) / duration;
    double *const p = out + count + m * joints, *const v = p + count * joints, *const a = v + count * joints;
    const int rests = m + 1 == count;
    steadyhand_sample(knots, joints, block, 1, &at, 0, state);
    out[m] = time + duration * s;
    for (long j = 0; j < joints; ++j) {
      p[j] = state[j];
      v[j] = rests ? 0.0 : state[joints + j] * rate;
      a[j] = rests ? 0.0 : state[2 * joints + j] * rate * rate + state[joints + j] * change;
    }
  }
}

/* The first stop along a motion that keeps the `limits` of speed, acceleration and jerk times `room`.
 *
 * Durations from `shortest` to `longest` are tried, each by the factor `longer` longer, with knots a `step` apart. Returns
 * the number of knots, 0 where none keeps the limits.
 */
long steadyhand_stop_along(long knots, long joints, const double *block, double time, double shortest, double longest,
                           double longer, double step, double room, const double *limits, double *out)
{
  double found[5 * joints];
  for (double duration = shortest; duration <= longest; duration *= longer) {
    const double pieces = ceil(duration / step);
    const long count = pieces > 2.0 ? (long)pieces + 1 : 3;
    int within = 1;
    slowed(knots, joints, block, time, duration, count, out);
    steadyhand_extrema(count, joints, out, found);
    for (long i = 0; i < 3 * joints; ++i)
      within &= found[2 * joints + i] <= room * limits[i];
    if (within)
      return count;
  }
  return 0;
}

/* Position, velocity and acceleration of one joint `after` it began, through phases of constant jerk. */
static void integrated(long phases, const double *durations, const double *jerks, double after, double state[3])
{
  for (long k = 0; k <= phases && after > 0.0; ++k) {
    /* After its last phase a joint goes on without jerk. */
    const double t = k < phases && durations[k] < after ? durations[k] : after, jerk = k < phases ? jerks[k] : 0.0;
    state[0] += t * (state[1] + t * (state[2] / 2.0 + t * jerk / 6.0));
    state[1] += t * (state[2] + t * jerk / 2.0);
    state[2] += t * jerk;
    after -= t;
  }
}

/* The motion from a state at `time` through every joint's phases of constant jerk, at rest in the end.
 *
 * `durations` and `jerks` are of shape (joints, phases), `begun` are position, velocity and acceleration. Phases that end
 * within `least` of the one before get no knot, the last excepted. Returns the number of knots, at least 2.
 */
long steadyhand_phases(long joints, long phases, const double *durations, const double *jerks, const double *begun,
                       double time, double least, double *out)
{
  double times[joints * phases + 2];
  long ends = 1, total = 1;
  double longest = least;
  times[0] = 0.0;
  for (long j = 0; j < joints; ++j) {
    double end = 0.0;
    for (long k = 0; k < phases; ++k) {
      long at = ends;
      end += durations[j * phases + k];
      for (; at > 0 && times[at - 1] > end; --at)
        times[at] = times[at - 1];
      times[at] = end;
      ++ends;
    }
    longest = end > longest ? end : longest;
  }
  for (long k = 1; k < ends; ++k)
    if (times[k] - times[total - 1] >= least)
      times[total++] = times[k];
  if (total == 1)
    ++total;
  times[total - 1] = longest;
  for (long m = 0; m < total; ++m) {
    /* Seconds since 1970 are rounded to a quarter of a microsecond: the states have to be those of the rounded times. */
    out[m] = time + times[m];
    const double after = out[m] - time;
    for (long j = 0; j < joints; ++j) {
      double state[3] = {begun[j], begun[joints + j], begun[2 * joints + j]};
      integrated(phases, durations + j * phases, jerks + j * phases, after, state);
      for (long order = 0; order < 3; ++order)
        out[total + (order * total + m) * joints + j] = order > 0 && m + 1 == total ? 0.0 : state[order];
    }
  }
  return total;
}

/* Times and positions at which a motion is looked at: its ends, and so many of those a `period` apart, or a little less, that
 * no joint goes farther than `apart` between two, or neighbours. Returns how many; there is room for all.
 */
long steadyhand_looks(long knots, long joints, const double *block, double period, double apart, double *times,
                      double *positions)
{
  double state[4 * joints];
  const double start = block[0], end = block[knots - 1], pieces = ceil((end - start) / period);
  const long count = pieces > 1.0 ? (long)pieces + 1 : 2;
  long total = 0;
  double travelled = 0.0, left = 0.0;
  for (long m = 0; m < count; ++m) {
    const double at = m + 1 < count ? start + (double)m * ((end - start) / (double)(count - 1)) : end;
    double step = 0.0;
    steadyhand_sample(knots, joints, block, 1, &at, 0, state);
    /* The one before is the last of the list so far. Unless it is the first, it goes where it can be done without. */
    for (long j = 0; m > 0 && j < joints; ++j) {
      const double moved = fabs(state[j] - positions[(total - 1) * joints + j]);
      step = isnan(step) || moved <= step ? step : moved;
    }
    if (m > 1 && travelled + step - left <= apart)
      --total;
    else if (m > 1)
      left = travelled;
    travelled += step;
    times[total] = at;
    memcpy(positions + total * joints, state, joints * sizeof *positions);
    ++total;
  }
  return total;
}
