"""Finding files that ship with the package."""

import pytest

from steadyhand.exceptions import SteadyhandError
from steadyhand.profiles.resources import resource


@pytest.mark.parametrize("relative", ["config/robots/panda.yaml", "urdf/panda.urdf.xacro", "urdf"])
def test_shipped_files_and_folders_are_found(relative):
    assert resource(relative).exists()


def test_a_missing_file_is_named_with_the_places_that_were_searched():
    with pytest.raises(SteadyhandError, match=r"config/robots/pandda\.yaml.*resources"):
        resource("config/robots/pandda.yaml")
