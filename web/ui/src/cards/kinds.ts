// Which numbers are cards', and which are not known yet.
import { ContentKind } from "../../../engine/src/gen/wire.ts";

export const isCardKind = (kind: number): boolean => kind >= ContentKind.PRODUCT;
