"""The servers that Eventyard is measured against, each as small as its documentation shows it."""
