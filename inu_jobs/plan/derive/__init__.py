"""From images to the tasks of a job that makes new ones from them."""
