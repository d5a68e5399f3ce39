// Everything works without this file; it adds the phone menu, character counts and error focus.
import { initAll } from "./govuk-frontend.min.js";

initAll();
