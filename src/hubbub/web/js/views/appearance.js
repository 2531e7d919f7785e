/** How the page looks: colours and density. The style sheets have the rest. */

/**
 * @typedef {import("./preferences.js").Preferences} Preferences
 * @typedef {import("./settings.js").Section} Section
 */

export class Appearance {
  #scheme;
  #density;
  /** The colours of the window around the page, in each scheme. */
  #windowColours = /** @type {HTMLMetaElement[]} */ ([
    ...document.querySelectorAll("meta[name=theme-color]"),
  ]).map((meta) => ({ meta, media: meta.media }));
  /** Called when rows of the log have another height. */
  #changed;

  /** @param {Preferences} preferences @param {() => void} changed the density is another one */
  constructor(preferences, changed) {
    this.#changed = changed;
    this.#scheme = preferences.choice("scheme", "Colours", [
      ["system", "As the system has them"],
      ["light", "Light"],
      ["dark", "Dark"],
    ]);
    this.#density = preferences.choice("density", "Density", [
      ["cosy", "Cosy"],
      ["compact", "Compact: more fits on the screen"],
    ]);
    preferences.subscribe(() => this.#wear());
    this.#wear();
  }

  /** @returns {Section} */
  get section() {
    return { title: "Appearance", settings: [this.#scheme, this.#density] };
  }

  #wear() {
    const { dataset } = document.documentElement;
    const [scheme, density] = [this.#scheme.value(), this.#density.value()];
    dataset.scheme = scheme;
    for (const { meta, media } of this.#windowColours) {
      const isForIt = media.includes(scheme);
      meta.media = scheme === "system" ? media : isForIt ? "all" : "not all";
    }
    if (dataset.density === density) return;
    dataset.density = density;
    this.#changed();
  }
}
