"""What pyproject.toml cannot say: conf/ lies beside project/, and is installed inside of it."""

from setuptools import find_packages, setup

setup(
    packages=[*find_packages(include=["project*"]), "project.conf"],
    package_dir={"project.conf": "conf"},
    include_package_data=False,
    package_data={
        "project": ["py.typed"],
        "project.conf": ["**/*.yaml"],
        "project.report": ["*.html", "*.css", "*.js"],
    },
)
