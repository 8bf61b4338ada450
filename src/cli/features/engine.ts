import { engineEnvironment } from '../../engine/environment.js';
import { bindingFor } from '../../engine/helpers/bindings.js';
import { engineRuns } from '../../engine/program-types.js';
import { HELPER_NAMES } from '../../helpers/names.js';
import { mayCall } from '../../helpers/registry.js';
import { findMapType } from '../../maps/registry.js';
import type { Support } from './support.js';

/** What the engine runs, from the registries. */
export function engineSupport(): Support {
  const { config } = engineEnvironment(1);
  return {
    parameters: {},
    config: (name) => config.get(name),
    hasProgramType: engineRuns,
    hasMapType: (name) => findMapType(name) !== undefined,
    helpers: (type) =>
      engineRuns(type)
        ? [...HELPER_NAMES.keys()].filter(
            (id) => id > 0 && mayCall(type, id) !== false && bindingFor(id) !== undefined,
          )
        : [],
    hasLargePrograms: true,
    hasBoundedLoops: true,
    hasIsaV2: true,
    hasIsaV3: true,
  };
}
