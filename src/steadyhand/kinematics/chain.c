/* Where an arm's joints take its tool: see model.py. Arrays are double precision, row-major, and the caller's. */
#include <math.h>

/* The tool's position at `rows` configurations of `joints` numbers, in the base frame, shape (rows, 3).
 *
 * Each of the `links` moves what follows it by constant + sine sin q + cosine cos q + slide q, with q the joint that `listed`
 * names; `terms` are these four, shape (links, 4, 4, 4). `tool` is a point of the last link, shape (4), `base` maps the root
 * to the base, shape (4, 4).
 */
void steadyhand_tool_points(long rows, long joints, const double *q, long links, const long *listed, const double *terms,
                            const double *tool, const double *base, double *out)
{
  for (long row = 0; row < rows; ++row) {
    double point[3] = {tool[0], tool[1], tool[2]};
    for (long link = links - 1; link >= -1; --link) {
      const double *const constant = link < 0 ? base : terms + 64 * link;
      const double at = link < 0 ? 0.0 : q[row * joints + listed[link]], sine = sin(at), cosine = cos(at);
      double moved[3];
      for (int i = 0; i < 3; ++i) {
        double sum = 0.0;
        for (int k = 0; k < 4; ++k) {
          const double *const term = constant + 4 * i + k;
          const double factor = link < 0 ? term[0] : term[0] + sine * term[16] + cosine * term[32] + at * term[48];
          sum += factor * (k < 3 ? point[k] : 1.0);
        }
        moved[i] = sum;
      }
      for (int i = 0; i < 3; ++i)
        point[i] = moved[i];
    }
    for (int i = 0; i < 3; ++i)
      out[3 * row + i] = point[i];
  }
}
