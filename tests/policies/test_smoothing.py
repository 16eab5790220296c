import pytest

torch = pytest.importorskip("torch", reason="the extra 'train' is not installed")

from steadyhand.policies.smoothing import smoother  # noqa: E402


def test_smoothing_keeps_parabolas_and_quietens_noise() -> None:
    smooth = smoother(16)
    t = torch.arange(16.0)
    for power in range(3):
        assert torch.allclose(smooth @ t**power, t**power, atol=1e-3)
    noise = torch.randn(16, 500)
    assert (smooth @ noise).diff(n=2, dim=0).std() < 0.2 * noise.diff(n=2, dim=0).std()


@pytest.mark.parametrize("fixed", [1, 3, 8, 16])
def test_fixed_rows_stay_and_the_others_minimise_what_is_asked(fixed: int) -> None:
    """The same as least squares over the free rows: |s - y|^2 + 2 |D^3 s|^2."""
    smooth = smoother(16, fixed=fixed).double()
    values = torch.randn(16, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    found = smooth @ values
    assert torch.allclose(found[:fixed], values[:fixed])
    free = found.clone().requires_grad_(True)
    joined = torch.cat([values[:fixed], free[fixed:]])
    (slope,) = torch.autograd.grad((joined - values).square().sum() + 2 * joined.diff(n=3).square().sum(), free)
    assert slope.abs().max() < 1e-4
