"""Those who press on cases from outside their handling: leaders and deputies."""
